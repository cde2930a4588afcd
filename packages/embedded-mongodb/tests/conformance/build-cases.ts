import type { Document } from 'mongodb';
import type {
  EntityDescription,
  ExpectedError,
  OperationDescription,
  UnifiedTest,
  UnifiedTestFile,
} from './runner/schema';

/**
 * Short notations for files in the unified test format. Each file names, as its description, the page
 * of the MongoDB 7.0 manual (below https://www.mongodb.com/docs/v7.0/) that states the rule.
 */

const DATABASE = 'conformance';
const COLLECTION = 'items';

export const ENTITIES: readonly EntityDescription[] = [
  { client: { id: 'client', observeEvents: ['commandStartedEvent'] } },
  { database: { id: 'database', client: 'client', databaseName: DATABASE } },
  { collection: { id: 'collection', database: 'database', collectionName: COLLECTION } },
];

/** What an operation must fail with. */
export class Failure {
  constructor(readonly expected: ExpectedError) {}
}

/** A refusal by the server with this code, and these words in its message. */
export function fails(errorCode: number, errorContains?: string): Failure {
  return new Failure({
    isClientError: false,
    errorCode,
    ...(errorContains !== undefined && { errorContains }),
  });
}

/** A file of tests that share entities and initial data. */
export function caseFile(
  page: string,
  documents: readonly Document[],
  tests: readonly UnifiedTest[],
  createOptions?: Document,
): UnifiedTestFile {
  return {
    description: page,
    schemaVersion: '1.0',
    createEntities: ENTITIES,
    initialData: [
      {
        databaseName: DATABASE,
        collectionName: COLLECTION,
        documents,
        ...(createOptions && { createOptions }),
      },
    ],
    tests,
  };
}

function expecting(
  operation: Pick<OperationDescription, 'name' | 'object' | 'arguments'>,
  expected: unknown,
): OperationDescription {
  if (expected instanceof Failure) return { ...operation, expectError: expected.expected };
  return { ...operation, expectResult: expected };
}

/** What the collection must hold after a test, ordered by `_id`. */
export function outcome(documents: readonly Document[]): UnifiedTest['outcome'] {
  return [{ databaseName: DATABASE, collectionName: COLLECTION, documents }];
}

/** One call of an operation on the collection. */
export function call(name: string, options: Document, expected?: unknown): OperationDescription {
  const operation = { name, object: 'collection', arguments: options };
  return expected === undefined ? operation : expecting(operation, expected);
}

/** One command against the test's database. */
export function command(body: Document, expected?: unknown): OperationDescription {
  const [commandName] = Object.keys(body);
  const operation = {
    name: 'runCommand',
    object: 'database',
    arguments: { commandName, command: body },
  };
  return expected === undefined ? operation : expecting(operation, expected);
}

export type QueryCase = readonly [
  what: string,
  filter: Document,
  found: readonly unknown[] | Failure,
];

/** Filters and the `_id`s that they find, in order of `_id`. */
export function queryFile(
  page: string,
  documents: readonly Document[],
  cases: readonly QueryCase[],
): UnifiedTestFile {
  const tests = cases.map(([what, filter, found]): UnifiedTest => {
    const options = { filter, sort: { _id: 1 }, projection: { _id: 1 } };
    const expected = found instanceof Failure ? found : found.map((_id) => ({ _id }));
    return { description: what, operations: [call('find', options, expected)] };
  });
  return caseFile(page, documents, tests);
}

export type UpdateCase = readonly [
  what: string,
  update: Document | readonly Document[],
  after: Document | Failure,
  options?: Document,
];

/** Updates of one document (`_id` 1, whose other fields are given) and what becomes of it. */
export function updateFile(
  page: string,
  before: Document,
  cases: readonly UpdateCase[],
): UnifiedTestFile {
  const tests = cases.map(([what, update, after, options]): UnifiedTest => {
    const isRefused = after instanceof Failure;
    const given = { filter: { _id: 1 }, update, ...options };
    return {
      description: what,
      operations: [call('updateOne', given, isRefused ? after : { matchedCount: 1 })],
      outcome: outcome([{ _id: 1, ...(isRefused ? before : after) }]),
    };
  });
  return caseFile(page, [{ _id: 1, ...before }], tests);
}

export type ExpressionCase = readonly [
  what: string,
  expression: unknown,
  value: unknown,
  type?: string,
];

/** Stands for a value that is not there at all. */
export const MISSING = { $$exists: false } as const;

/** Expressions, evaluated on one document, with their value and, where it matters, its BSON type. */
export function expressionFile(
  page: string,
  document: Document,
  cases: readonly ExpressionCase[],
): UnifiedTestFile {
  const tests = cases.map(([what, expression, value, type]): UnifiedTest => {
    const pipeline = [
      { $replaceWith: { value: expression } },
      { $replaceWith: { value: '$value', type: { $type: '$value' } } },
    ];
    const expected =
      value instanceof Failure ? value : [{ value, ...(type !== undefined && { type }) }];
    return { description: what, operations: [call('aggregate', { pipeline }, expected)] };
  });
  return caseFile(page, [{ _id: 1, ...document }], tests);
}

export type PipelineCase = readonly [
  what: string,
  pipeline: readonly Document[],
  answer: readonly Document[] | Failure,
];

/** Pipelines with the exact documents, in order, that they answer. */
export function pipelineFile(
  page: string,
  documents: readonly Document[],
  cases: readonly PipelineCase[],
): UnifiedTestFile {
  const tests = cases.map(([what, pipeline, answer]): UnifiedTest => {
    if (answer instanceof Failure) {
      return { description: what, operations: [call('aggregate', { pipeline }, answer)] };
    }
    // Nested documents are compared to the last field, root documents are not.
    const wrapped = [...pipeline, { $replaceWith: { document: '$$ROOT' } }];
    const expected = answer.map((document) => ({ document }));
    return { description: what, operations: [call('aggregate', { pipeline: wrapped }, expected)] };
  });
  return caseFile(page, documents, tests);
}

/** Commands with the reply, or the refusal, that each gets. */
export function commandFile(
  page: string,
  documents: readonly Document[],
  cases: readonly (readonly [what: string, body: Document, reply: unknown])[],
): UnifiedTestFile {
  const tests = cases.map(([what, body, reply]): UnifiedTest => ({
    description: what,
    operations: [command(body, reply)],
  }));
  return caseFile(page, documents, tests);
}
