import { MongoServerError } from '../../errors';
import { compileExpression } from '../../expression/compile';
import type { CompileScope, Evaluator } from '../../expression/types';
import type { SortPattern } from '../../plan/query';
import { createSortOrder } from '../../plan/sort-key';
import { encodeKeyComponent } from '../../values/key';
import { inheritMetadata } from '../../values/metadata';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import { compileComputedFields } from '../add-fields';
import { MemoryBudget } from '../memory';
import { pathsOverlap } from '../nested-fields';
import { checkFields, stageDocument } from '../stage-fields';
import { CHUNK_SIZE } from '../stream';
import type { DocumentStream, PipelineSource, Stage, StageSite, StageTable } from '../types';
import { compileWindowFunction } from '../window/functions';
import { Partition, type WindowFunction } from '../window/partition';
import { pipelineSortPattern, sortByKey } from './sort';

const FIELDS = {
  partitionBy: { type: 'any', optional: true },
  sortBy: { type: 'object', optional: true },
  output: { type: 'object' },
} as const;

/** A compiled `$setWindowFields`. */
interface Windows {
  /** Undefined when all documents are of one partition. */
  readonly partitionOf: Evaluator | undefined;
  readonly sortBy: SortPattern | undefined;
  readonly functions: readonly WindowFunction[];
  /** A copy of the document with the values of the functions. */
  readonly withValues: (document: BsonDocument, values: readonly MaybeValue[]) => BsonDocument;
}

function refuseArray(value: MaybeValue): MaybeValue {
  if (!Array.isArray(value)) return value ?? null;
  throw new MongoServerError(
    'TypeMismatch',
    'An expression used to partition cannot evaluate to value of type array',
  );
}

function partitionExpression(value: Value | undefined, scope: CompileScope): Evaluator | undefined {
  if (value === undefined) return undefined;
  const { constant, evaluate } = compileExpression(value, scope);
  if (!constant) return (environment) => refuseArray(evaluate(environment));
  refuseArray(constant.value);
  return undefined;
}

function assertNoConflict(paths: readonly string[]): void {
  const conflicts = paths.some((path, index) =>
    paths.slice(index + 1).some((other) => pathsOverlap(path, other)),
  );
  if (!conflicts) return;
  throw new MongoServerError(
    6307900,
    "$setWindowFields 'output' specification contains two conflicting paths",
  );
}

function compileWindows(specification: BsonDocument, site: StageSite): Windows {
  const { scope } = site;
  checkFields('$setWindowFields', specification, FIELDS);
  const partitionOf = partitionExpression(specification.get('partitionBy'), scope);
  const order = specification.get('sortBy');
  const sortBy = order === undefined ? undefined : pipelineSortPattern(order);
  const output = specification.get('output') as BsonDocument;
  const paths = [...output.keys()];
  assertNoConflict(paths);
  const functions = [...output].map(([path, value]) =>
    compileWindowFunction(path, value, sortBy, scope),
  );
  return { partitionOf, sortBy, functions, withValues: compileComputedFields(paths) };
}

/** The documents by partition, and within it in the wanted order. */
function inOrder(
  input: DocumentStream,
  { partitionOf, sortBy }: Windows,
  source: PipelineSource,
): DocumentStream {
  if (!partitionOf && !sortBy) return input;
  const order = sortBy && createSortOrder(sortBy);
  const keyOf = (document: BsonDocument): Buffer => {
    const key = order?.keyOf(document) ?? Buffer.alloc(0);
    if (!partitionOf) return key;
    return Buffer.concat([encodeKeyComponent(partitionOf({ root: document })), key]);
  };
  return sortByKey(input, { keyOf, compare: (left, right) => Buffer.compare(left, right) }, source);
}

/** One partition after the other; one must fit into memory. */
async function* partitionsOf(
  input: DocumentStream,
  { partitionOf, sortBy }: Windows,
): AsyncGenerator<Partition, void, void> {
  let documents: BsonDocument[] = [];
  let budget = new MemoryBudget('$setWindowFields');
  let current: Buffer | undefined;
  for await (const chunk of input) {
    for (const document of chunk) {
      const key = partitionOf && encodeKeyComponent(partitionOf({ root: document }));
      if (key && current && !current.equals(key)) {
        yield new Partition(documents, sortBy);
        documents = [];
        budget = new MemoryBudget('$setWindowFields');
      }
      current = key;
      budget.add(document);
      documents.push(document);
    }
  }
  if (documents.length > 0) yield new Partition(documents, sortBy);
}

async function* runWindows(
  input: DocumentStream,
  windows: Windows,
  source: PipelineSource,
): DocumentStream {
  let output: BsonDocument[] = [];
  for await (const partition of partitionsOf(inOrder(input, windows, source), windows)) {
    const evaluators = windows.functions.map((compiled) => compiled.start(partition));
    for (const [index, document] of partition.documents.entries()) {
      const values = evaluators.map((evaluate) => evaluate(index));
      output.push(inheritMetadata(document, windows.withValues(document, values)));
      const turn = source.yieldPoint?.();
      if (turn !== undefined) await turn;
      if (output.length < CHUNK_SIZE) continue;
      yield output;
      output = [];
    }
  }
  if (output.length > 0) yield output;
}

/** @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/setWindowFields/ */
export function compileSetWindowFields(site: StageSite): Stage {
  const windows = compileWindows(stageDocument(site.name, site.specification), site);
  return { name: site.name, run: (input) => runWindows(input, windows, site.source) };
}

export const WINDOW_STAGES: StageTable = { $setWindowFields: compileSetWindowFields };
