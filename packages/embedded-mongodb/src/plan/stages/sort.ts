import { MongoServerError } from '../../errors';
import { NEED_TIME, Stage, type Row, type WorkResult } from './stage';

/** The server's internalQueryMaxBlockingSortMemoryUsageBytes. */
export const SORT_MEMORY_LIMIT_BYTES = 100 * 1024 * 1024;

/** What an entry costs beside its bytes: the objects around them. */
const ENTRY_OVERHEAD_BYTES = 200;

/** Sort keys of rows and their order. */
export interface RowOrder {
  readonly keyOf: (row: Row) => Buffer;
  readonly compare: (left: Buffer, right: Buffer) => number;
}

interface Entry {
  readonly key: Buffer;
  /** Arrival, so that equal keys keep their order. */
  readonly arrival: number;
  readonly row: Row;
}

/**
 * Reads all of its input, then gives it out in order. With a limit it keeps no more than twice as
 * many rows. Throws 292 QueryExceededMemoryLimitNoDiskUseAllowed above 100 MiB.
 */
export class Sort extends Stage {
  private entries: Entry[] = [];
  private outputIndex = -1;
  private arrivals = 0;
  /** With a full buffer: the worst entry still among the first `limit`. */
  private threshold?: Entry;
  memoryBytes = 0;
  /** Bytes of every row that came in, kept or not. */
  totalDataSizeSorted = 0;

  /** `limit` 0 means all. */
  constructor(
    private readonly input: Stage,
    private readonly order: RowOrder,
    private readonly limit: number,
    private readonly memoryLimitBytes = SORT_MEMORY_LIMIT_BYTES,
  ) {
    super([input]);
  }

  protected advance(): WorkResult {
    if (this.outputIndex >= 0) return this.entries[this.outputIndex++]?.row;
    const row = this.input.work();
    if (row === NEED_TIME) return NEED_TIME;
    if (row === undefined) {
      this.prune();
      this.outputIndex = 0;
    } else {
      this.add(row);
    }
    return NEED_TIME;
  }

  private add(row: Row): void {
    const entry = { key: this.order.keyOf(row), arrival: this.arrivals++, row };
    this.totalDataSizeSorted += entrySize(entry);
    if (this.threshold !== undefined && this.compare(entry, this.threshold) > 0) return;
    this.entries.push(entry);
    this.memoryBytes += entrySize(entry);
    if (this.limit > 0 && this.entries.length >= 2 * this.limit) this.prune();
    if (this.memoryBytes > this.memoryLimitBytes) this.pruneOrRefuse();
  }

  private pruneOrRefuse(): void {
    this.prune();
    if (this.memoryBytes <= this.memoryLimitBytes) return;
    throw new MongoServerError(
      'QueryExceededMemoryLimitNoDiskUseAllowed',
      `Sort exceeded memory limit of ${this.memoryLimitBytes} bytes, but did not opt in to external sorting.`,
    );
  }

  private compare(left: Entry, right: Entry): number {
    return this.order.compare(left.key, right.key) || left.arrival - right.arrival;
  }

  private prune(): void {
    this.entries.sort((left, right) => this.compare(left, right));
    if (this.limit === 0 || this.entries.length < this.limit) return;
    for (const dropped of this.entries.splice(this.limit)) this.memoryBytes -= entrySize(dropped);
    this.threshold = this.entries.at(-1);
  }
}

function entrySize(entry: Entry): number {
  return entry.key.length + (entry.row.bytes?.length ?? 0) + ENTRY_OVERHEAD_BYTES;
}
