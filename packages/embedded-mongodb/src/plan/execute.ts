import { MongoServerError } from '../errors';
import type { OperationContext } from '../storage/types';
import { encodeDocument } from '../values/codec';
import { metadataOf } from '../values/metadata';
import type { BsonDocument } from '../values/types';
import { buildStages, type BuiltStage } from './build-stages';
import { FieldSelection } from './field-selection';
import { rootOf } from './index-candidate';
import { indexesOf, type QueryPlan } from './plan';
import type { FindQuery } from './query';
import { Row, type Stage } from './stages/stage';

/** A document that a plan found. */
export interface FoundRecord {
  readonly recordId: number;
  /** Its raw BSON. */
  requireBytes(): Buffer;
  /** Decoded at first use. */
  document(): BsonDocument;
  /** At least the selected fields. */
  fields(selection: FieldSelection): BsonDocument;
}

/** A client that names no batch size gets 101 documents first: no point in reading on before. */
const FIRST_CHUNK_DOCUMENTS = 101;
const CHUNK_DOCUMENTS = 256;
const CHUNK_BYTES = 1024 * 1024;

/** How many units of work pass between two looks at the clock. */
const WORKS_PER_YIELD_POINT = 16;

/**
 * Runs a plan. Chunks hold at most 256 rows, or `most`, and about 1 MiB. After each chunk the plan
 * holds nothing of the reader: it asks the operation for its reader again and goes on behind the last
 * row.
 * Throws 175 QueryPlanKilled when the collection or an index of the plan is gone by then, and what
 * the operation throws when it is interrupted.
 */
export async function* runStages(
  operation: OperationContext,
  plan: QueryPlan,
  { stage }: BuiltStage,
  most = CHUNK_DOCUMENTS,
): AsyncGenerator<Row[], void, void> {
  const later = Math.min(Math.max(most, 1), CHUNK_DOCUMENTS);
  try {
    for (let capacity = Math.min(FIRST_CHUNK_DOCUMENTS, later); ; capacity = later) {
      stage.restore(operation.reader());
      const chunk = await collectChunk(operation, stage, capacity);
      if (chunk.length > 0) yield chunk;
      if (stage.statistics.ended) return;
      operation.checkInterrupted();
      assertUsable(plan);
    }
  } finally {
    stage.close();
  }
}

async function collectChunk(
  operation: OperationContext,
  stage: Stage,
  capacity: number,
): Promise<Row[]> {
  const chunk: Row[] = [];
  let bytes = 0;
  try {
    for (let works = 1; chunk.length < capacity && bytes < CHUNK_BYTES; works++) {
      const row = stage.work();
      if (row === undefined) break;
      if (row instanceof Row) {
        chunk.push(row);
        bytes += row.bytes?.length ?? 0;
      }
      if (works % WORKS_PER_YIELD_POINT === 0) {
        const turn = operation.yieldPoint();
        if (turn !== undefined) {
          await turn;
          operation.checkInterrupted();
        }
      }
    }
  } finally {
    stage.save();
  }
  return chunk;
}

function assertUsable({ collection, root }: QueryPlan): void {
  if (collection === undefined) return;
  if (collection.dropped) {
    throw new MongoServerError(
      'QueryPlanKilled',
      `collection dropped. UUID ${collection.uuid.toUUID().toHexString(true)}`,
    );
  }
  for (const index of indexesOf(root)) {
    if (!collection.indexes.some(({ id }) => id === index.id)) {
      throw new MongoServerError(
        'QueryPlanKilled',
        `query plan killed :: index '${index.name}' dropped`,
      );
    }
  }
}

/**
 * Runs a plan over a capped collection without end: an empty chunk says that there is nothing more at
 * present, and asking on looks again. Throws 136 CappedPositionLost and what `runStages` throws.
 */
async function* tailStages(
  operation: OperationContext,
  plan: QueryPlan,
  { stage }: BuiltStage,
): AsyncGenerator<Row[], void, void> {
  for (;;) {
    stage.restore(operation.reader());
    yield await collectChunk(operation, stage, CHUNK_DOCUMENTS);
    operation.checkInterrupted();
    assertUsable(plan);
  }
}

/** Runs a plan for its records, with their ids and before any projection. */
export function executeRecords(
  operation: OperationContext,
  plan: QueryPlan,
): AsyncGenerator<FoundRecord[], void, void> {
  return runStages(operation, plan, buildStages(plan, operation.memory));
}

/** Runs a plan for its documents, projected, or with no more than the fields that are needed. */
export async function* executeFind(
  operation: OperationContext,
  plan: QueryPlan,
): AsyncGenerator<BsonDocument[], void, void> {
  const project = createProjector(plan.query);
  const built = buildStages(plan, operation.memory);
  for await (const rows of runStages(operation, plan, built)) yield rows.map(project);
}

/**
 * Runs a plan for BSON bytes; records that need no projection are passed on undecoded.
 * @param batchSize documents that the client takes at a time: to read on would only fill the memory
 */
export async function* executeFindRaw(
  operation: OperationContext,
  plan: QueryPlan,
  batchSize?: number,
): AsyncGenerator<Uint8Array[], void, void> {
  const project = createProjector(plan.query);
  const toBytes =
    plan.query.projection === undefined
      ? (row: Row) => row.requireBytes()
      : (row: Row) => encodeDocument(project(row));
  const stages = buildStages(plan, operation.memory);
  const chunks = plan.query.tailable
    ? tailStages(operation, plan, stages)
    : runStages(operation, plan, stages, batchSize);
  for await (const rows of chunks) yield rows.map(toBytes);
}

/** What a query answers for a row; a projection that only picks fields has only those decoded. */
function createProjector({ projection, fields }: FindQuery): (row: Row) => BsonDocument {
  if (projection === undefined) {
    const needed = fields && new FieldSelection(fields);
    return (row) => row.fields(needed);
  }
  const { includedPaths } = projection;
  const selection = includedPaths && new FieldSelection(includedPaths.map(rootOf));
  return (row) => {
    const document = row.fields(selection);
    return projection.apply(document, metadataOf(document));
  };
}
