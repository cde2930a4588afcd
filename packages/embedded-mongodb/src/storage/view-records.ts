import { decodeDocument, encodeDocument } from '../values/codec';
import type { BsonDocument, Value } from '../values/types';
import { newCollection, writeCatalogRecord, type Collection } from './catalog';
import { findById, getRecord } from './collection';
import type { KeyValueWriter, Namespace } from './types';
import { SYSTEM_VIEWS } from './views';
import { deleteDocument, insertDocument, replaceDocument, type WriteTarget } from './write';
import type { EngineParts } from './writer';

/**
 * `system.views` shows the definition of each view of its database, as on the server. The catalog is
 * what counts; the records are written together with it.
 */
export function putViewRecord(
  parts: EngineParts,
  writer: KeyValueWriter,
  view: Collection,
  options: BsonDocument,
): Collection {
  const { database } = view.namespace;
  const existing = parts.catalog.get({ database, collection: SYSTEM_VIEWS });
  const records = existing ?? newRecords(parts, writer, database);
  const document = new Map<string, Value>([['_id', idOf(view.namespace)], ...options]);
  const after = { document, bytes: encodeDocument(document) };
  const before = recordOf(writer, records, view.namespace);
  const target = targetOf(parts, writer);
  if (before) replaceDocument(target, records, before.recordId, before, after);
  else insertDocument(target, records, after);
  return records;
}

/** Takes the definition of a dropped view away. */
export function removeViewRecord(
  parts: EngineParts,
  writer: KeyValueWriter,
  namespace: Namespace,
): void {
  const { database } = namespace;
  const records = parts.catalog.get({ database, collection: SYSTEM_VIEWS });
  const before = records && recordOf(writer, records, namespace);
  if (before) deleteDocument(targetOf(parts, writer), records, before.recordId, before);
}

function newRecords(parts: EngineParts, writer: KeyValueWriter, database: string): Collection {
  const namespace = { database, collection: SYSTEM_VIEWS };
  const records = newCollection(parts.catalog, namespace, new Map());
  writeCatalogRecord(writer, records);
  return records;
}

function recordOf(writer: KeyValueWriter, records: Collection, namespace: Namespace) {
  const recordId = findById(writer, records, idOf(namespace));
  const bytes = recordId === undefined ? undefined : getRecord(writer, records, recordId);
  if (recordId === undefined || !bytes) return undefined;
  return { recordId, bytes, document: decodeDocument(bytes) };
}

function targetOf({ locks }: EngineParts, writer: KeyValueWriter): WriteTarget {
  return { writer, guard: locks, sequence: locks.runningSequence };
}

function idOf({ database, collection }: Namespace): string {
  return `${database}.${collection}`;
}
