const CAPACITY = 4096;

/**
 * The latest writes of one collection by group sequence. An upsert that found nothing in its snapshot
 * looks here, inside the serial writer, whether a matching document has come since.
 */
export class RecentWrites {
  /** Sequences and record ids of the writes, at equal positions. */
  private readonly sequences: number[] = [];
  private readonly recordIds: number[] = [];
  /** Writes up to this sequence may be forgotten. */
  private forgottenThrough = 0;

  add(sequence: number, recordId: number): void {
    this.sequences.push(sequence);
    this.recordIds.push(recordId);
    if (this.sequences.length <= 2 * CAPACITY) return;
    const forgotten = this.sequences.splice(0, CAPACITY);
    this.recordIds.splice(0, CAPACITY);
    this.forgottenThrough = forgotten[forgotten.length - 1] ?? this.forgottenThrough;
  }

  /** Ids of records written after the state `sequence`; undefined when some are forgotten. */
  since(sequence: number): number[] | undefined {
    if (sequence < this.forgottenThrough) return undefined;
    let first = this.sequences.length;
    while (first > 0 && (this.sequences[first - 1] ?? 0) > sequence) first -= 1;
    return this.recordIds.slice(first);
  }
}
