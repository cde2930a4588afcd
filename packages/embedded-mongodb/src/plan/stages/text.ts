import type { BoundTextQuery } from '../../text/query';
import { FieldSelection } from '../field-selection';
import { NEED_TIME, Row, Stage, type WorkResult } from './stage';

/** Scores fetched records and drops those that do not match the text query after all. */
export class TextMatch extends Stage {
  private readonly selection: FieldSelection | undefined;

  constructor(
    private readonly input: Stage,
    private readonly query: BoundTextQuery,
  ) {
    super([input]);
    this.selection = query.fields && new FieldSelection(query.fields);
  }

  protected advance(): WorkResult {
    const row = this.input.work();
    if (!(row instanceof Row)) return row;
    const textScore = this.query.score(row.fields(this.selection));
    if (textScore === undefined) return NEED_TIME;
    row.textScore = textScore;
    return row;
  }
}
