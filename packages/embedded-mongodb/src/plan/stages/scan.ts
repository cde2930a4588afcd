import { MongoServerError } from '../../errors';
import type { MatchExpression } from '../../match/compile';
import { capOf } from '../../storage/capped';
import {
  findById,
  findEntry,
  getRecord,
  isSingleEntry,
  scanIndex,
  scanNatural,
} from '../../storage/collection';
import type { RecordEntry } from '../../storage/collection';
import type {
  CollectionInfo,
  IndexBounds,
  IndexEntry,
  IndexInfo,
  IndexPosition,
  KeyValueReader,
} from '../../storage/types';
import type { Value } from '../../values/types';
import type { FindQuery } from '../query';
import { createRowTest, NEED_TIME, ReadingStage, Row, Stage, type WorkResult } from './stage';

/** A place in the collection needs no document. */
const NO_BYTES = Buffer.alloc(0);

/**
 * Reads every record in natural order. In a capped collection the record where a scan for reading goes
 * on must still be there: those after it may be gone as well.
 */
export class CollectionScan extends ReadingStage {
  private iterator?: Iterator<RecordEntry, void, void>;
  private position?: RecordEntry;
  private readonly passes: (row: Row) => boolean;

  constructor(
    private readonly collection: CollectionInfo,
    private readonly direction: 1 | -1,
    filter: MatchExpression | undefined,
    private readonly query: Pick<FindQuery, 'tailable' | 'forWrite'>,
  ) {
    super([]);
    this.passes = createRowTest(filter);
  }

  /** Throws 136 CappedPositionLost. */
  override restore(reader: KeyValueReader): void {
    super.restore(reader);
    if (this.query.tailable) this.statistics.ended = false;
    const { collection, position } = this;
    if (position === undefined || this.query.forWrite || !capOf(collection)) return;
    if (getRecord(reader, collection, position.recordId)) return;
    throw new MongoServerError(
      'CappedPositionLost',
      `CollectionScan died due to position in capped collection being deleted. Last seen record id: RecordId(${position.recordId})`,
    );
  }

  override save(): void {
    super.save();
    this.iterator?.return?.();
    this.iterator = undefined;
  }

  protected advance(): WorkResult {
    if (this.statistics.ended) return undefined;
    this.iterator ??= scanNatural(this.reader, this.collection, this.direction, this.position);
    const next = this.iterator.next();
    if (next.done === true) return undefined;
    this.statistics.documentsExamined++;
    const { recordId, keyBytes, bytes } = next.value;
    this.position = { recordId, bytes: NO_BYTES, ...(keyBytes && { keyBytes }) };
    const row = new Row(recordId);
    row.bytes = bytes;
    return this.passes(row) ? row : NEED_TIME;
  }
}

/** Reads index entries within key ranges, which are disjoint and given in scan order. */
export class IndexScan extends ReadingStage {
  private iterator?: Iterator<IndexEntry, void, void>;
  private position?: IndexPosition;
  private rangeIndex = 0;
  private seen?: Set<number>;
  /** How often the scan had to look for a new place in the index. */
  seeks = 0;
  duplicatesDropped = 0;

  constructor(
    private readonly index: IndexInfo,
    private readonly ranges: readonly IndexBounds[],
  ) {
    super([]);
  }

  /** Asks anew each time whether a record may have several entries: the answer may turn true. */
  override restore(reader: KeyValueReader): void {
    super.restore(reader);
    if (this.index.multikey || this.index.kind === 'text') this.seen ??= new Set();
  }

  override save(): void {
    super.save();
    this.closeIterator();
  }

  protected advance(): WorkResult {
    const range = this.ranges[this.rangeIndex];
    if (range === undefined) return undefined;
    if (isSingleEntry(this.index, range)) return this.lookUp(range);
    if (this.iterator === undefined) {
      this.iterator = scanIndex(this.reader, this.index, range, this.position);
      this.seeks++;
    }
    const next = this.iterator.next();
    if (next.done === true) return this.nextRange();
    this.position = next.value;
    return this.examine(next.value);
  }

  private lookUp(range: IndexBounds): WorkResult {
    this.seeks++;
    this.rangeIndex++;
    const entry = findEntry(this.reader, this.index, range);
    return entry === undefined ? NEED_TIME : this.examine(entry);
  }

  private examine({ recordId, keyBytes }: IndexEntry): WorkResult {
    this.statistics.keysExamined++;
    if (this.seen !== undefined) {
      if (this.seen.has(recordId)) {
        this.duplicatesDropped++;
        return NEED_TIME;
      }
      this.seen.add(recordId);
    }
    const row = new Row(recordId);
    row.keyBytes = keyBytes;
    return row;
  }

  private nextRange(): WorkResult {
    this.closeIterator();
    this.position = undefined;
    this.rangeIndex++;
    return this.rangeIndex < this.ranges.length ? NEED_TIME : undefined;
  }

  private closeIterator(): void {
    this.iterator?.return?.();
    this.iterator = undefined;
  }
}

/** Looks one document up by its `_id`. */
export class IdLookup extends ReadingStage {
  private done = false;

  constructor(
    private readonly collection: CollectionInfo,
    private readonly id: Value,
  ) {
    super([]);
  }

  protected advance(): WorkResult {
    if (this.done) return undefined;
    this.done = true;
    const recordId = findById(this.reader, this.collection, this.id);
    if (recordId === undefined) return undefined;
    this.statistics.keysExamined++;
    const bytes = getRecord(this.reader, this.collection, recordId);
    if (bytes === undefined) return undefined;
    this.statistics.documentsExamined++;
    const row = new Row(recordId);
    row.bytes = bytes;
    return row;
  }
}

/** Nothing: the collection does not exist or the filter can hold for no document. */
export class EndOfFile extends Stage {
  constructor() {
    super([]);
  }

  protected advance(): WorkResult {
    return undefined;
  }
}
