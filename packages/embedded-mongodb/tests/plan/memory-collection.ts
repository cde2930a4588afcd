import { Binary } from 'bson';
import { compileMatch } from '../../src/match/compile';
import { recordIdBytes } from '../../src/storage/identifiers';
import {
  counterKey,
  cutKey,
  indexPrefix,
  isLongKey,
  isStoredUnderKeyAlone,
  recordKey,
} from '../../src/storage/keys';
import type {
  CollectionInfo,
  IndexField,
  IndexInfo,
  KeyValueEntry,
  KeyValueReader,
  OperationContext,
} from '../../src/storage/types';
import { encodeDocument } from '../../src/values/codec';
import { encodeKey } from '../../src/values/key';
import { extractIndexKeys } from '../../src/values/paths';
import { fromPlain } from '../../src/values/plain';
import type { BsonDocument } from '../../src/values/types';

export interface IndexOptions {
  unique?: boolean;
  sparse?: boolean;
  hidden?: boolean;
  partialFilter?: BsonDocument;
}

/** A plain object as the engine's document. */
export function document(plain: object): BsonDocument {
  return fromPlain(plain) as BsonDocument;
}

/** An index whose flags the collection sets as documents come. */
interface MemoryIndex extends IndexInfo {
  multikey: boolean;
  longKeys: boolean;
  readonly multikeyPaths: Set<string>;
}

/** A collection with its indexes, written by the store's own layout into sorted memory. */
export class MemoryCollection {
  readonly info: CollectionInfo;
  readonly documents: BsonDocument[] = [];
  private readonly entries = new Map<string, KeyValueEntry>();
  private sorted?: KeyValueEntry[];
  private readonly indexes: MemoryIndex[] = [];

  constructor() {
    this.info = {
      id: 1,
      namespace: { database: 'test', collection: 'things' },
      uuid: new Binary(Buffer.alloc(16), Binary.SUBTYPE_UUID),
      options: new Map(),
      indexes: this.indexes,
      version: 1,
      dropped: false,
    };
    this.createIndex({ _id: 1 }, { unique: true });
  }

  createIndex(key: Record<string, 1 | -1>, options: IndexOptions = {}): IndexInfo {
    const fields = Object.entries(key).map(([path, direction]): IndexField => ({
      path,
      direction,
    }));
    const name = fields.map(({ path, direction }) => `${path}_${direction}`).join('_');
    const index: MemoryIndex = {
      id: this.indexes.length + 1,
      name,
      fields,
      unique: options.unique ?? false,
      sparse: options.sparse ?? false,
      hidden: options.hidden ?? false,
      kind: 'btree',
      partialFilter: options.partialFilter && compileMatch(options.partialFilter, {}),
      specification: document({ v: 2, key, name }),
      multikey: false,
      multikeyPaths: new Set(),
      longKeys: false,
      since: 0,
    };
    this.indexes.push(index);
    return index;
  }

  /** False for a document that some index cannot hold, because of parallel arrays. */
  accepts(plain: object): boolean {
    try {
      for (const { fields } of this.indexes) {
        extractIndexKeys(
          document(plain),
          fields.map(({ path }) => path),
        );
      }
      return true;
    } catch {
      return false;
    }
  }

  /** Adds a document; an `_id` is expected. Unique indexes are not checked. */
  insert(plain: object): void {
    const inserted = document(plain);
    const recordId = this.documents.push(inserted);
    this.put(recordKey(this.info.id, recordId), Buffer.from(encodeDocument(inserted)));
    for (const index of this.indexes) this.insertKeys(index, inserted, recordId);
  }

  private insertKeys(index: MemoryIndex, inserted: BsonDocument, recordId: number): void {
    if (index.partialFilter && !index.partialFilter.matches(inserted)) return;
    const paths = index.fields.map(({ path }) => path);
    const { keys } = extractIndexKeys(inserted, paths, { sparse: index.sparse });
    if (keys.length > 1) index.multikey = true;
    for (const path of paths) {
      if (extractIndexKeys(inserted, [path]).multikeyPaths) index.multikeyPaths.add(path);
    }
    const directions = index.fields.map(({ direction }) => direction);
    for (const values of keys) {
      const encoded = encodeKey(values, directions);
      if (isLongKey(encoded.length)) index.longKeys = true;
      const key = Buffer.concat([indexPrefix(index.id), cutKey(encoded)]);
      if (isStoredUnderKeyAlone(index)) this.put(key, recordIdBytes(recordId));
      else this.put(Buffer.concat([key, recordIdBytes(recordId)]), Buffer.alloc(0));
    }
  }

  private put(key: Buffer, value: Buffer): void {
    this.entries.set(key.toString('latin1'), { key, value });
    this.sorted = undefined;
  }

  /** A fresh reader on the current state: no two calls answer the same object. */
  reader(): KeyValueReader {
    this.sorted ??= [...this.entries.values()].sort((a, b) => Buffer.compare(a.key, b.key));
    const { sorted, entries } = this;
    const documents = this.documents.length;
    return {
      sequence: 1,
      get: (key) => entries.get(key.toString('latin1'))?.value,
      counter: (key) => (key.equals(counterKey(1, 'documents')) ? documents : 0),
      *range({ start, end, reverse }) {
        const first = lowerBound(sorted, start);
        const last = lowerBound(sorted, end);
        if (reverse) for (let at = last - 1; at >= first; at--) yield sorted[at] as KeyValueEntry;
        else for (let at = first; at < last; at++) yield sorted[at] as KeyValueEntry;
      },
    };
  }

  operation(): OperationContext {
    return {
      reader: () => this.reader(),
      release: () => undefined,
      checkInterrupted: () => undefined,
      yieldPoint: () => undefined,
    };
  }
}

function lowerBound(entries: readonly KeyValueEntry[], key: Buffer): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Buffer.compare((entries[middle] as KeyValueEntry).key, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
