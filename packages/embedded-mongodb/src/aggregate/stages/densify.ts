import { Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { parseFieldPath, readPath } from '../../expression/field-path';
import { parseSortPattern } from '../../plan/query';
import { bsonTypeName } from '../../values/compare';
import type { BsonDocument, Value } from '../../values/types';
import { GapFiller, type DensifyPlan } from '../densify/fill-gaps';
import { parseDensifyRange } from '../densify/range';
import { withNested } from '../nested-fields';
import { checkFields, stageDocument } from '../stage-fields';
import { CHUNK_SIZE } from '../stream';
import type { DocumentStream, PipelineSource, Stage, StageSite, StageTable } from '../types';
import { sortStream } from './sort';

const FIELDS = {
  field: { type: 'string' },
  partitionByFields: { type: 'array', optional: true },
  range: { type: 'object' },
} as const;

function partitionFields(value: Value | undefined): string[] {
  if (!Array.isArray(value)) return [];
  return value.map((field, index) => {
    if (typeof field === 'string') return field;
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field '$densify.partitionByFields.${index}' is the wrong type '${bsonTypeName(field)}', expected type 'string'`,
    );
  });
}

/** Picks the fields that say the partition of a document. */
function partitionPicker(fields: readonly string[]): DensifyPlan['partitionOf'] {
  if (fields.length === 0) return undefined;
  const paths = fields.map(parseFieldPath);
  return (document) =>
    paths.reduce<BsonDocument>((picked, path) => {
      const value = readPath(document, path);
      return value === undefined ? picked : withNested(picked, path, value);
    }, new Map());
}

async function* densify(
  input: DocumentStream,
  plan: DensifyPlan,
  source: PipelineSource,
): DocumentStream {
  const filler = new GapFiller(plan);
  let output: BsonDocument[] = [];
  async function* inChunks(documents: Iterable<BsonDocument>): DocumentStream {
    for (const document of documents) {
      output.push(document);
      if (output.length < CHUNK_SIZE) continue;
      yield output;
      output = [];
      const turn = source.yieldPoint?.();
      if (turn !== undefined) await turn;
    }
  }
  for await (const chunk of input) {
    for (const document of chunk) yield* inChunks(filler.take(document));
  }
  yield* inChunks(filler.end());
  if (output.length > 0) yield output;
}

/**
 * `$densify`: documents for the values that are missing in a sequence.
 * @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/densify/
 */
function compileDensify({ name, specification, source }: StageSite): Stage {
  const fields = stageDocument(name, specification);
  checkFields(name, fields, FIELDS);
  const range = parseDensifyRange(fields.get('range') as BsonDocument);
  const partitions = partitionFields(fields.get('partitionByFields'));
  const path = fields.get('field') as string;
  const plan: DensifyPlan = {
    field: parseFieldPath(path),
    range,
    partitionOf: partitionPicker(partitions),
  };
  if (range.bounds === 'partition' && partitions.length === 0) {
    throw new MongoServerError(
      5733408,
      "One cannot specify the bounds as 'partition' without specifying a non-empty array of partitionByFields. You may have meant to specify 'full' bounds.",
    );
  }
  const order = range.bounds === 'full' ? [path] : [...partitions, path];
  const pattern = parseSortPattern(
    new Map(order.map((field): [string, Value] => [field, new Int32(1)])),
  );
  return { name, run: (input) => densify(sortStream(input, pattern, source), plan, source) };
}

export const DENSIFY_STAGES: StageTable = { $densify: compileDensify };
