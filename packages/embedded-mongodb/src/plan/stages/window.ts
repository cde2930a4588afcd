import { NEED_TIME, Row, Stage, type WorkResult } from './stage';

/** Leaves out the first rows. */
export class Skip extends Stage {
  constructor(
    private readonly input: Stage,
    private remaining: number,
  ) {
    super([input]);
  }

  protected advance(): WorkResult {
    const row = this.input.work();
    if (!(row instanceof Row) || this.remaining === 0) return row;
    this.remaining--;
    return NEED_TIME;
  }
}

/** Ends after so many rows, without asking its input for one more. */
export class Limit extends Stage {
  constructor(
    private readonly input: Stage,
    private remaining: number,
  ) {
    super([input]);
  }

  protected advance(): WorkResult {
    if (this.remaining === 0) return undefined;
    const row = this.input.work();
    if (row instanceof Row) this.remaining--;
    return row;
  }
}
