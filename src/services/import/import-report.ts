/** How many there were of something, and the first few of them. */
export interface Examples {
  count: number;
  first: string[];
}

/** Examples by what happened to them. */
export type Notes = Map<string, Examples>;

/** What became of the documents of one kind. */
export interface StepReport {
  name: string;
  /** Documents, or entries of a list inside them. */
  read: number;
  imported: number;
  /** Were there already, from an earlier run. */
  present: number;
  /** Why some were not taken over. */
  leftOut: Notes;
  /** What is not as it was. */
  changed: Notes;
}

/** So that a fault of every row does not fill memory and screen. */
const MOST_EXAMPLES = 5;

export function newReport(name: string): StepReport {
  return { name, read: 0, imported: 0, present: 0, leftOut: new Map(), changed: new Map() };
}

export function note(notes: Notes, what: string, example: string): void {
  const known = notes.get(what) ?? { count: 0, first: [] };
  known.count += 1;
  if (known.first.length < MOST_EXAMPLES) known.first.push(example);
  notes.set(what, known);
}

/** How many documents of a step were not taken over. */
export function leftOutOf({ leftOut }: StepReport): number {
  return [...leftOut.values()].reduce((sum, { count }) => sum + count, 0);
}

/** The report in lines for people. */
export function describeStep(report: StepReport): string[] {
  const { name, read, imported, present, leftOut, changed } = report;
  return [
    `${name}: ${read} read, ${imported} imported, ${present} there already, ${leftOutOf(report)} left out`,
    ...describeNotes('left out', leftOut),
    ...describeNotes('changed', changed),
  ];
}

function describeNotes(heading: string, notes: Notes): string[] {
  return [...notes].map(([what, { count, first }]) => {
    const more = count > first.length ? ', …' : '';
    return `  ${heading}: ${count} × ${what} (${first.join(', ')}${more})`;
  });
}
