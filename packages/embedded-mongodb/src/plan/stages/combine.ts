import { NEED_TIME, Stage, type Row, type WorkResult } from './stage';

/** The rows of all inputs one after the other, each record once. */
export class Union extends Stage {
  private readonly seen = new Set<number>();
  private current = 0;
  duplicatesDropped = 0;

  protected advance(): WorkResult {
    const input = this.inputs[this.current];
    if (input === undefined) return undefined;
    const row = input.work();
    if (row === undefined) {
      this.current++;
      return this.current < this.inputs.length ? NEED_TIME : undefined;
    }
    if (row === NEED_TIME) return row;
    if (this.seen.has(row.recordId)) {
      this.duplicatesDropped++;
      return NEED_TIME;
    }
    this.seen.add(row.recordId);
    return row;
  }
}

/** One row of each input in turn, each record once: a limit behind it takes from all of them alike. */
export class Interleave extends Stage {
  private readonly seen = new Set<number>();
  private readonly waiting: Stage[];
  duplicatesDropped = 0;

  constructor(inputs: readonly Stage[]) {
    super(inputs);
    this.waiting = [...inputs];
  }

  protected advance(): WorkResult {
    const [input] = this.waiting;
    if (input === undefined) return undefined;
    const row = input.work();
    if (row === NEED_TIME) return row;
    this.waiting.shift();
    if (row === undefined) return this.waiting.length > 0 ? NEED_TIME : undefined;
    this.waiting.push(input);
    if (this.seen.has(row.recordId)) {
      this.duplicatesDropped++;
      return NEED_TIME;
    }
    this.seen.add(row.recordId);
    return row;
  }
}

interface Head {
  readonly key: Buffer;
  readonly row: Row;
  readonly input: Stage;
}

/** How a merge sees the place of a row: bytes whose order is the wanted one, or its exact reverse. */
export interface MergeOrder {
  readonly keyOf: (row: Row, input: number) => Buffer;
  readonly reverse: boolean;
}

/** Merges inputs that are each in order into one that is in order, each record once. */
export class MergeSort extends Stage {
  // In order; the first is the next to go out.
  private readonly heads: Head[] = [];
  private readonly waiting: Stage[];
  private readonly seen?: Set<number>;
  duplicatesDropped = 0;

  constructor(
    inputs: readonly Stage[],
    private readonly order: MergeOrder,
    deduplicate: boolean,
  ) {
    super(inputs);
    this.waiting = [...inputs].reverse();
    if (deduplicate) this.seen = new Set();
  }

  protected advance(): WorkResult {
    const input = this.waiting.at(-1);
    if (input !== undefined) return this.fill(input);
    const head = this.heads.shift();
    if (head === undefined) return undefined;
    this.waiting.push(head.input);
    if (this.seen === undefined) return head.row;
    if (this.seen.has(head.row.recordId)) {
      this.duplicatesDropped++;
      return NEED_TIME;
    }
    this.seen.add(head.row.recordId);
    return head.row;
  }

  private fill(input: Stage): WorkResult {
    const row = input.work();
    if (row === NEED_TIME) return NEED_TIME;
    this.waiting.pop();
    if (row !== undefined) {
      const key = this.order.keyOf(row, this.inputs.indexOf(input));
      this.insert({ key, row, input });
    }
    const finished = this.waiting.length === 0 && this.heads.length === 0;
    return finished ? undefined : NEED_TIME;
  }

  private insert(head: Head): void {
    const sign = this.order.reverse ? -1 : 1;
    let low = 0;
    let high = this.heads.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.heads[middle];
      if (other !== undefined && sign * Buffer.compare(other.key, head.key) <= 0) low = middle + 1;
      else high = middle;
    }
    this.heads.splice(low, 0, head);
  }
}
