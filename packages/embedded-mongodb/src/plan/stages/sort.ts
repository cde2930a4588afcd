import { ExternalSort } from '../../spill/external-sort';
import { MEMORY_LIMIT_BYTES, type WorkingMemory } from '../../spill/working-memory';
import { NEED_TIME, Row, Stage, type WorkResult } from './stage';

/** The server's internalQueryMaxBlockingSortMemoryUsageBytes. */
export const SORT_MEMORY_LIMIT_BYTES = MEMORY_LIMIT_BYTES;

/** Sort keys of rows and their order. */
export interface RowOrder {
  readonly keyOf: (row: Row) => Buffer;
  readonly compare: (left: Buffer, right: Buffer) => number;
  readonly hasVolatileKeys?: boolean;
}

/**
 * Reads all of its input, then gives it out in order. With a limit it keeps no more than twice as
 * many rows. Above 100 MiB it goes to disk; where the operation may not do that it throws 292
 * QueryExceededMemoryLimitNoDiskUseAllowed.
 */
export class Sort extends Stage {
  private readonly rows: ExternalSort<Row>;
  private isComplete = false;

  /** `limit` 0 means all. */
  constructor(
    private readonly input: Stage,
    order: RowOrder,
    limit: number,
    memory?: WorkingMemory,
  ) {
    super([input]);
    const rules = { ...order, sizeOf: sizeOfRow, encode: encodeRow, decode: decodeRow };
    this.rows = new ExternalSort(rules, limit, memory);
  }

  /** Bytes of every row that came in, kept or not. */
  get totalDataSizeSorted(): number {
    return this.rows.totalBytes;
  }

  /** How often rows were written to disk, and how many bytes. */
  get spills(): number {
    return this.rows.spills;
  }

  get spilledBytes(): number {
    return this.rows.spilledBytes;
  }

  override close(): void {
    this.rows.close();
    super.close();
  }

  protected advance(): WorkResult {
    if (this.rows.isBusy) {
      this.rows.work();
      return NEED_TIME;
    }
    if (this.isComplete) return this.rows.next();
    const row = this.input.work();
    if (row === undefined) {
      this.rows.finish();
      this.isComplete = true;
    } else if (row !== NEED_TIME) {
      this.rows.add(row);
    }
    return NEED_TIME;
  }
}

const RECORD_ID_BYTES = 8;
const HEADER_BYTES = 2 * RECORD_ID_BYTES;

function sizeOfRow(row: Row): number {
  return row.bytes?.length ?? 0;
}

/** The record id, the text score (NaN for none) and the record itself. */
function encodeRow(row: Row): Uint8Array {
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeDoubleLE(row.recordId, 0);
  header.writeDoubleLE(row.textScore ?? NaN, RECORD_ID_BYTES);
  return Buffer.concat([header, row.requireBytes()]);
}

function decodeRow(bytes: Buffer): Row {
  const row = new Row(bytes.readDoubleLE(0));
  row.bytes = bytes.subarray(HEADER_BYTES);
  const textScore = bytes.readDoubleLE(RECORD_ID_BYTES);
  if (!Number.isNaN(textScore)) row.textScore = textScore;
  return row;
}
