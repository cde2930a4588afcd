import { Int32, UUID, type Binary } from 'bson';
import { compileMatch } from '../match/compile';
import type { MatchExpression } from '../match/compile';
import { parseTextIndexSpec, type TextIndexSpec } from '../text/specification';
import { decodeDocument, encodeDocument } from '../values/codec';
import { parseCollation, type Collation } from '../values/collation';
import { CollationBuckets } from '../values/collation-bucket';
import { isNumeric, toDouble } from '../values/numbers';
import type { BsonDocument, Value } from '../values/types';
import { capOf, type Cap } from './capped';
import { clusteredIndexSpecification } from './clustered';
import { readRecordId } from './identifiers';
import { indexFieldsOf, indexKindOf } from './index-specification';
import {
  catalogKey,
  catalogRange,
  counterKey,
  garbageRange,
  indexFlagPrefix,
  prefixEnd,
  readGarbageKey,
  recordPrefix,
} from './keys';
import { NamespaceChanges } from './namespace-changes';
import { RecentWrites } from './recent-writes';
import type {
  CollectionInfo,
  IndexField,
  IndexInfo,
  KeyValueReader,
  KeyValueWriter,
  Namespace,
} from './types';

export const MULTIKEY_FLAG = 'multikey:';
export const LONG_KEYS_FLAG = 'longKeys';

/** The live form of an index. */
export class Index implements IndexInfo {
  readonly name: string;
  readonly fields: readonly IndexField[];
  readonly paths: readonly string[];
  readonly directions: readonly (1 | -1)[];
  /** Directions of the stored columns: of the paths, and of the term in a text index. */
  readonly columnDirections: readonly (1 | -1)[];
  /** Column of the term in a text index. */
  readonly termColumn: number;
  /** First components of the paths: unless one of these fields changes, the entries do not. */
  readonly topLevelFields: readonly string[];
  readonly unique: boolean;
  readonly sparse: boolean;
  /** Takes no new duplicates, though it may hold some. */
  readonly preparesUnique: boolean;
  readonly hidden: boolean;
  readonly kind: 'btree' | 'hashed' | 'text';
  /** Set for text indexes. */
  readonly text?: TextIndexSpec;
  readonly partialFilter?: MatchExpression;
  readonly partialFilterSpecification?: BsonDocument;
  readonly expireAfterSeconds?: number;
  /** How text of a unique key is told apart, and what a partial filter compares with. */
  readonly collation?: Collation;
  /** Set for unique indexes with a collation. */
  readonly buckets?: CollationBuckets;
  readonly multikeyPaths = new Set<string>();
  longKeys = false;
  /** States before this sequence do not have the index's entries. */
  since = 0;

  constructor(
    readonly id: number,
    readonly specification: BsonDocument,
  ) {
    this.name = specification.get('name') as string;
    this.kind = indexKindOf(specification);
    this.fields = indexFieldsOf(specification);
    this.paths = this.fields.map(({ path }) => path);
    this.directions = this.fields.map(({ direction }) => direction);
    if (this.kind === 'text') this.text = parseTextIndexSpec(specification);
    this.termColumn = this.text ? [...this.keyPattern.keys()].indexOf('_fts') : 0;
    const { directions, termColumn } = this;
    this.columnDirections = this.text
      ? [...directions.slice(0, termColumn), 1, ...directions.slice(termColumn)]
      : directions;
    this.topLevelFields = [...this.paths, ...textPathsOf(this.text)].map(
      (path) => path.split('.', 1)[0] ?? path,
    );
    this.unique = this.name === '_id_' || specification.get('unique') === true;
    this.sparse = specification.get('sparse') === true;
    this.preparesUnique = !this.unique && specification.get('prepareUnique') === true;
    this.hidden = specification.get('hidden') === true;
    const collation = specification.get('collation');
    if (collation instanceof Map) {
      this.collation = parseCollation(collation);
      if (this.unique && this.collation) this.buckets = new CollationBuckets(this.collation);
    }
    const partial = specification.get('partialFilterExpression');
    if (partial instanceof Map) {
      this.partialFilterSpecification = partial;
      this.partialFilter = compileMatch(partial, { collation: this.collation });
    }
    const expire = specification.get('expireAfterSeconds');
    if (isNumeric(expire)) this.expireAfterSeconds = toDouble(expire);
  }

  get multikey(): boolean {
    return this.multikeyPaths.size > 0;
  }

  get keyPattern(): BsonDocument {
    return this.specification.get('key') as BsonDocument;
  }

  /** Takes over a stored or freshly learned flag. */
  setFlag(flag: string): void {
    if (flag === LONG_KEYS_FLAG) this.longKeys = true;
    else if (flag.startsWith(MULTIKEY_FLAG))
      this.multikeyPaths.add(flag.slice(MULTIKEY_FLAG.length));
  }

  hasFlag(flag: string): boolean {
    if (flag === LONG_KEYS_FLAG) return this.longKeys;
    return this.multikeyPaths.has(flag.slice(MULTIKEY_FLAG.length));
  }
}

/** The paths whose change can change the terms of a text index. */
function textPathsOf(text: TextIndexSpec | undefined): string[] {
  return text ? [...text.weights.keys(), text.languageOverride] : [];
}

/** The live form of a collection; everything that can change is changed by the catalog's owner only. */
export class Collection implements CollectionInfo {
  indexes: readonly Index[] = [];
  version = 0;
  dropped = false;
  /** Set while an index is built over existing documents: writers wait for it. */
  building: Promise<void> | undefined;
  /** Changes of the catalog that wait for open transactions: others must not begin to write. */
  waitingChanges = 0;
  /** The id of the next record; only grows while the process lives. */
  nextRecordId = 1;
  readonly recentWrites = new RecentWrites();
  readonly documentsCounter: Buffer;
  readonly bytesCounter: Buffer;
  readonly firstRecordCounter: Buffer;

  constructor(
    readonly id: number,
    public namespace: Namespace,
    readonly uuid: Binary,
    public options: BsonDocument,
  ) {
    this.documentsCounter = counterKey(id, 'documents');
    this.bytesCounter = counterKey(id, 'bytes');
    this.firstRecordCounter = counterKey(id, 'firstRecord');
  }

  /** Set for a capped collection. */
  get cap(): Cap | undefined {
    return capOf(this);
  }

  setIndexes(indexes: readonly Index[]): void {
    this.indexes = indexes;
    this.version += 1;
  }

  takeRecordId(): number {
    const id = this.nextRecordId;
    this.nextRecordId += 1;
    return id;
  }
}

/** What the catalog knows of a collection, as it is stored. */
export function writeCatalogRecord(
  writer: KeyValueWriter,
  collection: Collection,
  changes: { namespace?: Namespace; indexes?: readonly Index[]; options?: BsonDocument } = {},
): void {
  const namespace = changes.namespace ?? collection.namespace;
  const indexes = changes.indexes ?? collection.indexes;
  const record: BsonDocument = new Map<string, Value>([
    ['database', namespace.database],
    ['collection', namespace.collection],
    ['uuid', collection.uuid],
    ['options', changes.options ?? collection.options],
    [
      'indexes',
      indexes.map(
        (index): BsonDocument =>
          new Map<string, Value>([
            ['id', new Int32(index.id)],
            ['specification', index.specification],
          ]),
      ),
    ],
  ]);
  writer.put(catalogKey(collection.id), encodeDocument(record));
}

/** The specification of the index that every collection has, with the collection's own collation. */
export function idIndexSpecification(collation?: Value): BsonDocument {
  return new Map<string, Value>([
    ['v', new Int32(2)],
    ['key', new Map<string, Value>([['_id', new Int32(1)]])],
    ['name', '_id_'],
    ...(collation === undefined ? [] : [['collation', collation] as const]),
  ]);
}

/**
 * All collections of the store by name. Held in memory: it is read at opening and told of every change
 * after the change is on disk.
 */
export class Catalog {
  readonly changes = new NamespaceChanges();
  private readonly databases = new Map<string, Map<string, Collection>>();
  private nextId = 1;

  /** Reads the catalog of a store that was just opened. */
  static load(reader: KeyValueReader): Catalog {
    const catalog = new Catalog();
    for (const { key, value } of reader.range(catalogRange())) {
      catalog.add(loadCollection(reader, key.readUInt32BE(1), decodeDocument(value)));
    }
    for (const { key } of reader.range(garbageRange())) catalog.noteId(readGarbageKey(key).id);
    return catalog;
  }

  get({ database, collection }: Namespace): Collection | undefined {
    return this.databases.get(database)?.get(collection);
  }

  /** Names in byte order. */
  databaseNames(): string[] {
    return [...this.databases.keys()].sort();
  }

  /** In order of name. */
  collectionsOf(database: string): Collection[] {
    const collections = [...(this.databases.get(database)?.values() ?? [])];
    return collections.sort((a, b) => (a.namespace.collection < b.namespace.collection ? -1 : 1));
  }

  *all(): Generator<Collection, void, void> {
    for (const collections of this.databases.values()) yield* collections.values();
  }

  /** A number that no collection and no index has, or had while its data is still being purged. */
  takeId(): number {
    const id = this.nextId;
    this.nextId += 1;
    return id;
  }

  add(collection: Collection): void {
    const { database, collection: name } = collection.namespace;
    let collections = this.databases.get(database);
    if (!collections) {
      collections = new Map();
      this.databases.set(database, collections);
    }
    collections.set(name, collection);
    this.noteId(collection.id);
    for (const index of collection.indexes) this.noteId(index.id);
  }

  /** @param sequence of the write that dropped it */
  remove(collection: Collection, sequence: number): void {
    collection.dropped = true;
    this.unlink(collection.namespace);
    this.changes.note(collection.namespace, sequence);
  }

  /** @param sequence of the write that renamed it */
  rename(collection: Collection, to: Namespace, sequence: number): void {
    this.unlink(collection.namespace);
    this.changes.note(collection.namespace, sequence);
    this.changes.note(to, sequence);
    collection.namespace = to;
    collection.version += 1;
    this.add(collection);
  }

  private unlink({ database, collection }: Namespace): void {
    const collections = this.databases.get(database);
    collections?.delete(collection);
    if (collections?.size === 0) this.databases.delete(database);
  }

  private noteId(id: number): void {
    this.nextId = Math.max(this.nextId, id + 1);
  }
}

/** A collection that does not exist yet, with its `_id` index. */
export function newCollection(
  catalog: Catalog,
  namespace: Namespace,
  options: BsonDocument,
): Collection {
  const collection = new Collection(catalog.takeId(), namespace, new UUID(), options);
  const idIndex =
    clusteredIndexSpecification(options) ?? idIndexSpecification(options.get('collation'));
  collection.setIndexes([new Index(catalog.takeId(), idIndex)]);
  return collection;
}

function loadCollection(reader: KeyValueReader, id: number, record: BsonDocument): Collection {
  const collection = new Collection(
    id,
    {
      database: record.get('database') as string,
      collection: record.get('collection') as string,
    },
    record.get('uuid') as Binary,
    record.get('options') as BsonDocument,
  );
  const indexes = (record.get('indexes') as BsonDocument[]).map((stored) =>
    loadIndex(reader, stored),
  );
  collection.setIndexes(indexes);
  const prefix = recordPrefix(id);
  const last = reader.range({ start: prefix, end: prefixEnd(prefix), reverse: true, limit: 1 });
  for (const { key } of last) collection.nextRecordId = readRecordId(key, prefix.length) + 1;
  return collection;
}

function loadIndex(reader: KeyValueReader, stored: BsonDocument): Index {
  const id = toDouble(stored.get('id') as Int32);
  const index = new Index(id, stored.get('specification') as BsonDocument);
  const prefix = indexFlagPrefix(id);
  for (const { key } of reader.range({ start: prefix, end: prefixEnd(prefix), keysOnly: true })) {
    index.setFlag(key.subarray(prefix.length).toString('utf8'));
  }
  return index;
}
