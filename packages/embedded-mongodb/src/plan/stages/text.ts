import type { BoundTextQuery } from '../../text/query';
import { setMetadata } from '../../values/metadata';
import { NEED_TIME, Row, Stage, type WorkResult } from './stage';

/** Scores fetched records and drops those that do not match the text query after all. */
export class TextMatch extends Stage {
  constructor(
    private readonly input: Stage,
    private readonly query: BoundTextQuery,
  ) {
    super([input]);
  }

  protected advance(): WorkResult {
    const row = this.input.work();
    if (!(row instanceof Row)) return row;
    const document = row.document();
    const textScore = this.query.score(document);
    if (textScore === undefined) return NEED_TIME;
    setMetadata(document, { textScore });
    return row;
  }
}
