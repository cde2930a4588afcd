import { MongoServerError } from '../errors';
import { formatValue } from '../expression/format';
import { encodeDocument } from '../values/codec';
import { completeCollation } from '../values/collation-specification';
import {
  assertValidationOptions,
  settleValidation,
  VALIDATION_OPTIONS,
} from '../validation/collection-rules';
import type { BsonDocument, MaybeValue } from '../values/types';
import { writeCatalogRecord, type Collection } from './catalog';
import { cappedOptions, changedCap } from './capped';
import { clusteredOptions, isClustered } from './clustered';
import type { DropResult } from './engine';
import { markCollectionAsGarbage, type GarbageCollector } from './garbage';
import { assertUnused } from './index-build';
import { catalogKey } from './keys';
import type { Operation } from './operation';
import type { KeyValueWriter, Namespace } from './types';
import { removeViewRecord } from './view-records';
import { SYSTEM_VIEWS, viewOf } from './views';
import {
  assertValidNamespace,
  ensureCollection,
  waitingForLocks,
  type EngineParts,
} from './writer';

export type CatalogParts = EngineParts & { readonly garbage: GarbageCollector };

/** Options that are kept as given because they change nothing here. */
const HARMLESS_OPTIONS = new Set([
  'autoIndexId',
  'storageEngine',
  'indexOptionDefaults',
  // Images are shown by change streams alone, which there are none of.
  'changeStreamPreAndPostImages',
]);
/** Options with rules of their own. */
const SETTLED_OPTIONS = new Set(['capped', 'size', 'max', 'clusteredIndex', 'expireAfterSeconds']);

/**
 * The `create` command. The same again is no error outside transactions.
 * Throws 48 NamespaceExists, 72 and 2 for limits of a capped collection, 73 InvalidNamespace, 238 for
 * clustered, time series, views and collations; and what a validator is refused with.
 */
export async function createCollection(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
  requested: BsonDocument,
): Promise<void> {
  assertValidationOptions('create', requested, namespace);
  const options = supportedOptions(requested);
  assertValidNamespace(namespace);
  assertNoView(parts, namespace, `A view already exists. NS: ${formatNamespace(namespace)}`);
  const { collection, created } = await ensureCollection(parts, operation, namespace, options);
  if (created) return;
  const full = `${namespace.database}.${namespace.collection}`;
  if (operation.transaction) {
    throw new MongoServerError('NamespaceExists', `Collection ${full} already exists.`);
  }
  if (!Buffer.from(encodeDocument(collection.options)).equals(encodeDocument(options))) {
    throw new MongoServerError(
      'NamespaceExists',
      `namespace ${full} already exists, but with different options: ${formatValue(collection.options)}`,
    );
  }
}

/** `collMod` of collection options. Throws 26, and 238 for options that would change behaviour. */
export async function modifyCollection(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
  changes: BsonDocument,
): Promise<void> {
  assertValidationOptions('collMod', changes, namespace);
  let options: BsonDocument = new Map();
  await changeCatalog(parts, operation, {
    select: () => existing(parts, namespace),
    change: (writer, collection) => {
      const changed = new Set(changes.keys());
      const kept = [...collection.options].filter(([name]) => !changed.has(name));
      options = new Map([...kept, ...supportedOptions(changes)]);
      if (VALIDATION_OPTIONS.some((name) => changes.has(name))) settleValidation(options);
      writeCatalogRecord(writer, collection, { options });
    },
    committed: (collection) => {
      collection.options = options;
    },
  });
}

/** `collMod` with `cappedSize` and `cappedMax`; the next insert removes what is too much then. Throws 26, 72. */
export async function modifyCap(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
  limits: { readonly size?: number; readonly max?: number },
): Promise<void> {
  let options: BsonDocument = new Map();
  await changeCatalog(parts, operation, {
    select: () => existing(parts, namespace),
    change: (writer, collection) => {
      options = changedCap(collection.options, limits);
      writeCatalogRecord(writer, collection, { options });
    },
    committed: (collection) => {
      collection.options = options;
    },
  });
}

/** The `drop` command; instant, the data goes in the background. */
export async function dropCollection(
  parts: CatalogParts,
  operation: Operation,
  namespace: Namespace,
): Promise<DropResult> {
  const dropped = await changeCatalog(parts, operation, {
    select: () => parts.catalog.get(namespace),
    change: (writer, collection) => {
      dropFromStore(writer, collection);
      if (viewOf(collection)) removeViewRecord(parts, writer, namespace);
      for (const view of viewsWith(parts, collection)) dropFromStore(writer, view);
    },
    committed: (collection) => {
      for (const one of [...viewsWith(parts, collection), collection]) {
        parts.catalog.remove(one, parts.store.committedSequence);
      }
    },
  });
  return {
    dropped: dropped !== undefined,
    wasView: dropped !== undefined && viewOf(dropped) !== undefined,
    indexesWas: dropped ? dropped.indexes.length - (isClustered(dropped) ? 1 : 0) : 0,
  };
}

/** Without the record of their definitions, there are no views. */
function viewsWith({ catalog }: CatalogParts, { namespace }: Collection): Collection[] {
  if (namespace.collection !== SYSTEM_VIEWS) return [];
  return catalog.collectionsOf(namespace.database).filter((one) => viewOf(one) !== undefined);
}

function assertNoView({ catalog }: CatalogParts, namespace: Namespace, message: string): void {
  const existing = catalog.get(namespace);
  if (existing && viewOf(existing)) throw new MongoServerError('NamespaceExists', message);
}

function formatNamespace({ database, collection }: Namespace): string {
  return `${database}.${collection}`;
}

/** The `dropDatabase` command: all its collections in one atomic write. */
export async function dropDatabase(
  parts: CatalogParts,
  operation: Operation,
  database: string,
): Promise<boolean> {
  const collections = await waitingForLocks(operation, () =>
    parts.store.write(
      (writer) => {
        const all = parts.catalog.collectionsOf(database);
        for (const collection of all) {
          assertUnused(parts, collection);
          dropFromStore(writer, collection);
        }
        return all;
      },
      {
        alone: true,
        committed: (all) => {
          for (const one of all) parts.catalog.remove(one, parts.store.committedSequence);
        },
      },
    ),
  );
  void parts.garbage.collect();
  return collections.length > 0;
}

/** The `renameCollection` command. Throws 20, 26, 48, 73. */
export async function renameCollection(
  parts: CatalogParts,
  operation: Operation,
  { from, to, dropTarget }: { from: Namespace; to: Namespace; dropTarget: boolean },
): Promise<void> {
  assertValidNamespace(to);
  if (from.database === to.database && from.collection === to.collection) {
    throw new MongoServerError('IllegalOperation', "Can't rename a collection to itself");
  }
  let replaced: Collection | undefined;
  await changeCatalog(parts, operation, {
    select: () => {
      const source = parts.catalog.get(from);
      if (source) return assertRenamable(source);
      throw new MongoServerError(
        'NamespaceNotFound',
        `Source collection ${from.database}.${from.collection} does not exist`,
      );
    },
    change: (writer, collection) => {
      replaced = parts.catalog.get(to);
      assertNoView(parts, to, `a view already exists with that name: ${formatNamespace(to)}`);
      if (replaced && !dropTarget) {
        throw new MongoServerError('NamespaceExists', 'target namespace exists');
      }
      if (replaced) {
        assertUnused(parts, replaced);
        dropFromStore(writer, replaced);
      }
      writeCatalogRecord(writer, collection, { namespace: to });
    },
    committed: (collection) => {
      const { committedSequence } = parts.store;
      if (replaced) parts.catalog.remove(replaced, committedSequence);
      parts.catalog.rename(collection, to, committedSequence);
    },
  });
}

function assertRenamable(source: Collection): Collection {
  const full = formatNamespace(source.namespace);
  if (viewOf(source)) {
    throw new MongoServerError('CommandNotSupportedOnView', `cannot rename view: ${full}`);
  }
  if (source.namespace.collection !== SYSTEM_VIEWS) return source;
  throw new MongoServerError(
    'IllegalOperation',
    `error with source namespace: Invalid system namespace: ${full}`,
  );
}

interface CatalogChange {
  /** The collection to change, looked up inside the write; undefined: nothing to do. */
  select: () => Collection | undefined;
  change: (writer: KeyValueWriter, collection: Collection) => void;
  committed: (collection: Collection) => void;
}

/** Changes the catalog in a write of its own, after transactions and index builds have let go. */
export async function changeCatalog(
  parts: CatalogParts,
  operation: Operation,
  { select, change, committed }: CatalogChange,
): Promise<Collection | undefined> {
  const changed = await waitingForLocks(operation, () =>
    parts.store.write(
      (writer) => {
        const collection = select();
        if (!collection) return undefined;
        assertUnused(parts, collection);
        change(writer, collection);
        return collection;
      },
      { alone: true, committed: (collection) => collection && committed(collection) },
    ),
  );
  void parts.garbage.collect();
  return changed;
}

/** Takes a collection out of the catalog's record and marks its data, inside a write. */
export function dropFromStore(writer: KeyValueWriter, collection: Collection): void {
  writer.delete(catalogKey(collection.id));
  markCollectionAsGarbage(writer, collection);
}

/** The options that are kept. Throws 238 for those that would change behaviour. */
function supportedOptions(requested: BsonDocument): BsonDocument {
  const options = new Map([...cappedOptions(requested), ...clusteredOptions(requested)]);
  for (const [name, value] of requested) {
    if (SETTLED_OPTIONS.has(name) || isWithoutEffect(name, value)) continue;
    if (name === 'collation' && value instanceof Map) {
      const collation = completeCollation(value);
      if (collation) options.set(name, collation);
      continue;
    }
    if (!HARMLESS_OPTIONS.has(name) && !VALIDATION_OPTIONS.includes(name)) {
      throw new MongoServerError(
        'NotImplemented',
        `the collection option '${name}' is not supported`,
      );
    }
    options.set(name, value);
  }
  return options;
}

function isWithoutEffect(name: string, value: MaybeValue): boolean {
  if (value === false || value === null || value === undefined) return true;
  if (name === 'validator') return value instanceof Map && value.size === 0;
  if (name === 'changeStreamPreAndPostImages') {
    return value instanceof Map && value.get('enabled') === false;
  }
  return false;
}

/** @throws NamespaceNotFound (26) */
function existing({ catalog }: CatalogParts, namespace: Namespace): Collection {
  const collection = catalog.get(namespace);
  if (collection) return collection;
  throw new MongoServerError('NamespaceNotFound', 'ns does not exist');
}
