import { decodeDocument } from '../values/codec';
import { MongoServerError } from '../errors';
import type { BsonDocument, Value } from '../values/types';
import { Index, newCollection, writeCatalogRecord, type Collection } from './catalog';
import { cappedOptions } from './capped';
import { isClustered } from './clustered';
import { dropFromStore, type CatalogParts } from './collection-operations';
import { scanRecords } from './collection';
import { prepareInsert } from './document-rules';
import { assertValidInsert } from './document-validation';
import { markCollectionAsGarbage, rescueCollection } from './garbage';
import { assertUnused, stopWriters } from './index-build';
import type { Operation } from './operation';
import type { KeyValueWriter, Namespace } from './types';
import { commandNotSupportedOnView, viewOf } from './views';
import { insertDocument, type StoredDocument } from './write';
import { assertValidNamespace, findCollection, waitingForLocks, type EngineParts } from './writer';

const UNGUARDED = { touch: (): void => undefined };
const DOCUMENTS_PER_STEP = 500;

/**
 * Puts documents in the place of a collection's content ($out): they are written apart, with the
 * collection's options and indexes, and take its name in one atomic step. Throws 17152 when the
 * collection is capped, 121 when its validator refuses a document.
 */
export async function replaceCollection(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
  documents: AsyncIterable<BsonDocument[]>,
): Promise<void> {
  assertValidNamespace(namespace);
  const replacement = likeExisting(parts, operation, namespace);
  await whileProtected(parts, replacement, async () => {
    for await (const chunk of documents) {
      const prepared = chunk.map((document) => prepareInsert(document, parts.now));
      for (const { document } of prepared) assertValidInsert(operation, replacement, document);
      await fill(parts, replacement, prepared);
    }
    await waitingForLocks(operation, () =>
      swapIn(parts, replacement, (old) => assertUnused(parts, old)),
    );
  });
}

/**
 * The `convertToCapped` command: the newest documents that fit stay, in their order; secondary indexes
 * go, as on the server. Writers of the collection wait meanwhile. Throws 26, and 2 for a bad size.
 */
export async function convertToCapped(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
  size: Value,
): Promise<void> {
  const limits = cappedOptions(
    new Map<string, Value>([
      ['capped', true],
      ['size', size],
    ]),
  );
  const source = await stopWritersOf(parts, operation, namespace);
  try {
    const options = new Map([...limits, ...source.collection.options, ...limits]);
    options.delete('max');
    const replacement = newCollection(parts.catalog, namespace, options);
    await whileProtected(parts, replacement, async () => {
      await copy(parts, operation, source.collection, replacement);
      await swapIn(parts, replacement, (old) => {
        if (old !== source.collection) throw conversionOvertaken(namespace);
      });
    });
  } finally {
    source.release();
  }
}

interface StoppedCollection {
  readonly collection: Collection;
  /** Lets the writers of the collection go on. */
  release(): void;
}

async function stopWritersOf(
  parts: EngineParts,
  operation: Operation,
  namespace: Namespace,
): Promise<StoppedCollection> {
  const collection = await waitingForLocks(operation, () =>
    parts.store.write(
      () => {
        const found = parts.catalog.get(namespace);
        if (!found) {
          throw new MongoServerError(
            'NamespaceNotFound',
            `source collection ${namespace.database}.${namespace.collection} does not exist`,
          );
        }
        if (viewOf(found)) throw commandNotSupportedOnView(namespace);
        if (isClustered(found)) {
          throw new MongoServerError(
            'InvalidOptions',
            'a clustered collection cannot be converted to a capped one',
          );
        }
        assertUnused(parts, found);
        const build = stopWriters(found);
        return { collection: found, release: () => build.end() };
      },
      { alone: true },
    ),
  );
  return collection;
}

async function copy(
  parts: EngineParts,
  operation: Operation,
  from: Collection,
  to: Collection,
): Promise<void> {
  const snapshot = parts.store.snapshot();
  try {
    let documents: StoredDocument[] = [];
    for (const { bytes } of scanRecords(snapshot, from)) {
      documents.push({ document: decodeDocument(bytes), bytes });
      if (documents.length < DOCUMENTS_PER_STEP) continue;
      operation.checkInterrupted();
      await fill(parts, to, documents);
      documents = [];
    }
    await fill(parts, to, documents);
  } finally {
    snapshot.release();
  }
}

function fill(
  parts: EngineParts,
  collection: Collection,
  documents: readonly StoredDocument[],
): Promise<void> {
  return parts.store.write((writer) => {
    for (const stored of documents) {
      insertDocument({ writer, guard: UNGUARDED }, collection, stored);
    }
  });
}

/** Runs `work`, at whose end the replacement is in the catalog, or what was written of it is garbage. */
async function whileProtected(
  parts: CatalogParts,
  replacement: Collection,
  work: () => Promise<void>,
): Promise<void> {
  const ids = [replacement.id, ...replacement.indexes.map(({ id }) => id)];
  ids.forEach((id) => parts.garbage.protect(id));
  try {
    await parts.store.write((writer) => markCollectionAsGarbage(writer, replacement));
    await work();
  } finally {
    ids.forEach((id) => parts.garbage.unprotect(id));
    void parts.garbage.collect();
  }
}

function likeExisting(parts: EngineParts, operation: Operation, namespace: Namespace): Collection {
  const existing = findCollection(parts, operation, namespace);
  if (existing?.cap) {
    throw new MongoServerError(
      17152,
      `namespace '${namespace.database}.${namespace.collection}' is capped so it can't be used for $out`,
    );
  }
  const replacement = newCollection(
    parts.catalog,
    namespace,
    existing?.options ?? new Map<string, Value>(),
  );
  const others = existing?.indexes.slice(1) ?? [];
  replacement.setIndexes([
    ...replacement.indexes,
    ...others.map(({ specification }) => new Index(parts.catalog.takeId(), specification)),
  ]);
  return replacement;
}

/** @param check throws when the collection that has the name now must not be replaced yet */
async function swapIn(
  parts: EngineParts,
  replacement: Collection,
  check: (old: Collection) => void,
): Promise<void> {
  let old: Collection | undefined;
  const swap = (writer: KeyValueWriter): void => {
    old = parts.catalog.get(replacement.namespace);
    if (old) {
      check(old);
      dropFromStore(writer, old);
    }
    rescueCollection(writer, replacement);
    writeCatalogRecord(writer, replacement);
  };
  await parts.store.write(swap, {
    alone: true,
    committed: () => {
      if (old) parts.catalog.remove(old, parts.store.committedSequence);
      for (const index of replacement.indexes) index.since = parts.store.committedSequence;
      parts.catalog.add(replacement);
    },
  });
}

function conversionOvertaken({ database, collection }: Namespace): MongoServerError {
  return new MongoServerError(
    'NamespaceNotFound',
    `${database}.${collection} was replaced while it was being converted`,
  );
}
