import { MongoServerError } from '../errors';
import { isNumeric, toDouble } from '../values/numbers';
import { formatValue } from '../expression/format';
import { BackupError } from './backup-error';
import type { BackupServer } from './backup-server';
import { readBsonFile } from './bson-file';
import type { CopiedAmount } from './dump';
import type { DumpedCollection } from './dump-folder';
import { formatAmount, Progress, type Report } from './progress';

export interface RestoreOptions {
  /** Replace collections that the dump holds. Without it, none of them may hold documents. */
  readonly drop: boolean;
  readonly report: Report;
}

const BATCH_DOCUMENTS = 1_000;
const BATCH_BYTES = 16 * 1024 * 1024;
/** A collection may hold documents that are older than its validator. */
const UNCHECKED = { bypassDocumentValidation: true };
const DURABLY = { writeConcern: { w: 'majority' } };

/**
 * Restores every collection of a dump (as readDumpFolder has checked it): options, documents, then
 * indexes. The target is checked before anything is changed. Collections that the dump does not hold
 * are left alone.
 * @throws BackupError naming the collection that failed; those before it are restored.
 */
export async function restore(
  server: BackupServer,
  dumped: readonly DumpedCollection[],
  { drop, report }: RestoreOptions,
): Promise<CopiedAmount> {
  if (!server.isWritable) throw new BackupError('the server is not the primary of its set');
  if (!drop) await assertAllEmpty(server, dumped);
  // Views come last: they may be made of any collection.
  const inOrder = [...dumped].sort((a, b) => Number(a.isView) - Number(b.isView));
  for (const one of inOrder) await restoreOne(server, one, drop, report);
  return {
    collections: dumped.length,
    documents: dumped.reduce((sum, { data }) => sum + (data?.documents ?? 0), 0),
    bytes: dumped.reduce((sum, { data }) => sum + (data?.bytes ?? 0), 0),
  };
}

async function assertAllEmpty(
  server: BackupServer,
  dumped: readonly DumpedCollection[],
): Promise<void> {
  const occupied: string[] = [];
  for (const { database, collection } of dumped) {
    const command = { find: collection, limit: 1, singleBatch: true };
    const { documents } = await server.cursorCommand(database, command);
    if (documents.length > 0) occupied.push(`${database}.${collection}`);
  }
  if (occupied.length === 0) return;
  throw new BackupError(
    `not empty: ${occupied.join(', ')}; nothing was changed (--drop replaces these collections)`,
  );
}

async function restoreOne(
  server: BackupServer,
  dumped: DumpedCollection,
  drop: boolean,
  report: Report,
): Promise<void> {
  const { database, collection, options, indexes, data } = dumped;
  const namespace = `${database}.${collection}`;
  try {
    if (drop) await dropCollection(server, dumped);
    await server.command(database, {
      create: collection,
      ...Object.fromEntries(options),
      ...DURABLY,
    });
    if (data) await insertAll(server, dumped, data.path, report);
    if (indexes.length > 0) {
      report(
        `${namespace}: building ${indexes.length} ${indexes.length === 1 ? 'index' : 'indexes'}`,
      );
      await server.command(database, { createIndexes: collection, indexes, ...DURABLY });
    }
  } catch (error) {
    if (!(error instanceof MongoServerError || error instanceof BackupError)) throw error;
    const codeName = error instanceof MongoServerError ? ` (${error.codeName})` : '';
    throw new BackupError(`${namespace} is not restored: ${error.message}${codeName}`, {
      cause: error,
    });
  }
  report(`${namespace}: restored ${formatAmount(data?.documents ?? 0, data?.bytes ?? 0)}`);
}

/** Servers before 7.0 call it an error when there is nothing to drop. */
async function dropCollection(
  server: BackupServer,
  { database, collection }: DumpedCollection,
): Promise<void> {
  try {
    await server.command(database, { drop: collection, ...DURABLY });
  } catch (error) {
    if (error instanceof MongoServerError && error.codeName === 'NamespaceNotFound') return;
    throw error;
  }
}

async function insertAll(
  server: BackupServer,
  { database, collection, data }: DumpedCollection,
  path: string,
  report: Report,
): Promise<void> {
  const progress = new Progress(report, `${database}.${collection}`, data?.documents);
  for await (const read of readBsonFile(path)) {
    for (const batch of cut(read)) {
      const reply = await server.command(
        database,
        { insert: collection, ordered: true, ...UNCHECKED, ...DURABLY },
        { field: 'documents', documents: batch },
      );
      assertAllInserted(reply, batch.length);
      progress.add(
        batch.length,
        batch.reduce((sum, { length }) => sum + length, 0),
      );
    }
  }
}

/** Batches that every server takes in one message. */
function* cut(documents: readonly Uint8Array[]): Generator<Uint8Array[], void, void> {
  let batch: Uint8Array[] = [];
  let bytes = 0;
  for (const document of documents) {
    const full = batch.length === BATCH_DOCUMENTS || bytes + document.length > BATCH_BYTES;
    if (full && batch.length > 0) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(document);
    bytes += document.length;
  }
  if (batch.length > 0) yield batch;
}

function assertAllInserted(
  reply: Awaited<ReturnType<BackupServer['command']>>,
  expected: number,
): void {
  const errors = reply.get('writeErrors');
  const failure = Array.isArray(errors) ? errors[0] : reply.get('writeConcernError');
  if (failure instanceof Map) {
    const message = failure.get('errmsg');
    throw new BackupError(typeof message === 'string' ? message : formatValue(failure));
  }
  const inserted = reply.get('n');
  if (!isNumeric(inserted) || toDouble(inserted) !== expected) {
    throw new BackupError('the server did not insert every document');
  }
}
