import type { MatchExpression } from '../../match/compile';
import { getRecord } from '../../storage/collection';
import type { CollectionInfo } from '../../storage/types';
import { createRowTest, NEED_TIME, ReadingStage, Row, type Stage, type WorkResult } from './stage';

/**
 * Reads the record behind each index entry and keeps those that pass the filter. Fields that later
 * stages look at are decoded once for all of them.
 */
export class Fetch extends ReadingStage {
  private readonly passes: (row: Row) => boolean;

  constructor(
    private readonly collection: CollectionInfo,
    private readonly input: Stage,
    filter: MatchExpression | undefined,
    fields?: readonly string[],
  ) {
    super([input]);
    this.passes = createRowTest(filter, fields);
  }

  protected advance(): WorkResult {
    const row = this.input.work();
    if (!(row instanceof Row)) return row;
    if (row.bytes === undefined) {
      // A row that waited in a stage above an older state may be gone in this one.
      const bytes = getRecord(this.reader, this.collection, row.recordId);
      if (bytes === undefined) return NEED_TIME;
      row.bytes = bytes;
      this.statistics.documentsExamined++;
    }
    return this.passes(row) ? row : NEED_TIME;
  }
}
