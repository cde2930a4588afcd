const CAPACITY = 4096;

interface RecentWrite {
  readonly sequence: number;
  readonly recordId: number;
}

/**
 * The latest writes of one collection by group sequence. An upsert that found nothing in its snapshot
 * looks here, inside the serial writer, whether a matching document has come since.
 */
export class RecentWrites {
  private writes: RecentWrite[] = [];
  /** Writes up to this sequence may be forgotten. */
  private forgottenThrough = 0;

  add(sequence: number, recordId: number): void {
    this.writes.push({ sequence, recordId });
    if (this.writes.length <= 2 * CAPACITY) return;
    const forgotten = this.writes.splice(0, CAPACITY);
    this.forgottenThrough = forgotten[forgotten.length - 1]?.sequence ?? this.forgottenThrough;
  }

  /** Ids of records written after the state `sequence`; undefined when some are forgotten. */
  since(sequence: number): number[] | undefined {
    if (sequence < this.forgottenThrough) return undefined;
    const ids: number[] = [];
    for (let index = this.writes.length - 1; index >= 0; index -= 1) {
      const write = this.writes[index];
      if (!write || write.sequence <= sequence) break;
      ids.push(write.recordId);
    }
    return ids.reverse();
  }
}
