import type { Model, PipelineStage } from 'mongoose';

export interface QueryCost {
  keys: number;
  documents: number;
  /** Names of the plan's stages that read or sort, e.g. `IXSCAN`, `COLLSCAN`, `SORT`; each once. */
  stages: string[];
}

/** What reading the rows of a list costs, joins aside, as the database itself counts it. */
export async function costOf(
  { collection }: Pick<Model<never>, 'collection'>,
  pipeline: PipelineStage[],
): Promise<QueryCost> {
  const reading = pipeline.filter((stage) => !('$lookup' in stage || '$set' in stage));
  const plan: unknown = await collection.aggregate(reading).explain('executionStats');
  const executions = valuesOf(plan, 'executionStats') as {
    totalKeysExamined: number;
    totalDocsExamined: number;
  }[];
  if (executions.length === 0) throw new Error(`no executionStats in ${JSON.stringify(plan)}`);
  const names = executions.flatMap((execution) => valuesOf(execution, 'stage')).map(String);
  return {
    keys: sum(executions.map(({ totalKeysExamined }) => totalKeysExamined)),
    documents: sum(executions.map(({ totalDocsExamined }) => totalDocsExamined)),
    stages: [...new Set(names)].sort(),
  };
}

/** The values of every property of this name, however deep; not within each other. */
function valuesOf(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === name && (typeof inner === 'string' || name !== 'stage')
      ? [inner]
      : valuesOf(inner, name),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
