/** Told in a line each how far the work is. */
export type Report = (line: string) => void;

/**
 * A step that brings a database of an older version up to date. It may be cut short at any point and run
 * again from its beginning, and servers may work on the database meanwhile.
 */
export interface Migration {
  /** Its place in the order and its name; once released, neither changes. */
  readonly id: string;
  readonly description: string;
  /**
   * Present where looking tells more than the record that it was done: what is missing now. It is
   * due again whenever something is.
   */
  readonly findMissing?: () => Promise<string[]>;
  run(report: Report): Promise<void>;
}
