import { Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { orderOf } from '../../expression/build';
import { compileExpression } from '../../expression/compile';
import { asBigInt } from '../../expression/numeric';
import type { Environment } from '../../expression/types';
import { bsonTypeName, canonicalType } from '../../values/compare';
import { isNumeric } from '../../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import type { ValueOrder } from '../../values/value-order';
import { MemoryBudget } from '../memory';
import { streamOf } from '../stream';
import type { DocumentStream, Stage, StageSite, StageTable } from '../types';
import { compileGroupFields, Group, groupStream, type GroupField } from './group';

const COUNT_OUTPUT: BsonDocument = new Map<string, Value>([
  ['count', new Map([['$sum', new Int32(1)]])],
]);

function outputFields(output: MaybeValue, site: StageSite, code: number): GroupField[] {
  if (output === undefined) return compileGroupFields(COUNT_OUTPUT, site.scope);
  if (output instanceof Map) return compileGroupFields(output, site.scope);
  throw new MongoServerError(
    code,
    `The ${site.name} 'output' field must be an object, but found type: ${bsonTypeName(output)}.`,
  );
}

function assertGroupBy(groupBy: Value, site: StageSite, code: number): void {
  const isExpression =
    typeof groupBy === 'string' ? groupBy.startsWith('$') : groupBy instanceof Map;
  if (isExpression) return;
  throw new MongoServerError(
    code,
    `The ${site.name} 'groupBy' field must be defined as a $-prefixed path or an expression object, but found: ${bsonTypeName(groupBy)}`,
  );
}

function boundariesOf(value: Value, site: StageSite): Value[] {
  if (!Array.isArray(value)) {
    throw new MongoServerError(
      40200,
      `The $bucket 'boundaries' field must be an array, but found type: ${bsonTypeName(value)}.`,
    );
  }
  const boundaries = value.map((boundary) => {
    const { constant } = compileExpression(boundary, site.scope);
    if (constant?.value !== undefined) return constant.value;
    throw new MongoServerError(
      40191,
      "The $bucket 'boundaries' field must be an array of constant values",
    );
  });
  if (boundaries.length < 2) {
    throw new MongoServerError(
      40192,
      `The $bucket 'boundaries' field must have at least 2 values, but found ${boundaries.length} value(s).`,
    );
  }
  for (let index = 1; index < boundaries.length; index += 1) {
    const lower = boundaries[index - 1]!;
    const upper = boundaries[index]!;
    if (canonicalType(lower) !== canonicalType(upper)) {
      throw new MongoServerError(
        40193,
        `All values in the the 'boundaries' option to $bucket must have the same type. Found conflicting types ${bsonTypeName(lower)} and ${bsonTypeName(upper)}.`,
      );
    }
    if (orderOf(site.scope).compare(lower, upper) >= 0) {
      throw new MongoServerError(
        40194,
        `The 'boundaries' option to $bucket must be sorted, but elements ${index - 1} and ${index} are not in ascending order.`,
      );
    }
  }
  return boundaries;
}

function defaultOf(value: MaybeValue, boundaries: readonly Value[], site: StageSite): MaybeValue {
  if (value === undefined) return undefined;
  const { constant } = compileExpression(value, site.scope);
  if (constant?.value === undefined) {
    throw new MongoServerError(40195, "The $bucket 'default' field must be a constant expression");
  }
  const { compare } = orderOf(site.scope);
  const isInside =
    compare(constant.value, boundaries[0]) >= 0 && compare(constant.value, boundaries.at(-1)) < 0;
  if (!isInside) return constant.value;
  throw new MongoServerError(
    40199,
    "The $bucket 'default' field must be less than the lowest boundary or greater than or equal to the highest boundary.",
  );
}

function optionsOf(site: StageSite, allowed: readonly string[], codes: [number, number]) {
  const { name, specification } = site;
  if (!(specification instanceof Map)) {
    throw new MongoServerError(
      codes[0],
      `Argument to ${name} stage must be an object, but found type: ${bsonTypeName(specification)}.`,
    );
  }
  for (const option of specification.keys()) {
    if (!allowed.includes(option)) {
      throw new MongoServerError(codes[1], `Unrecognized option to ${name}: ${option}.`);
    }
  }
  return specification;
}

function compileBucket(site: StageSite): Stage {
  const options = optionsOf(site, ['groupBy', 'boundaries', 'default', 'output'], [40201, 40197]);
  const groupBy = options.get('groupBy');
  const boundaryList = options.get('boundaries');
  if (groupBy === undefined || boundaryList === undefined) {
    throw new MongoServerError(
      40198,
      "$bucket requires 'groupBy' and 'boundaries' to be specified.",
    );
  }
  assertGroupBy(groupBy, site, 40202);
  const boundaries = boundariesOf(boundaryList, site);
  const fallback = defaultOf(options.get('default'), boundaries, site);
  const fields = outputFields(options.get('output'), site, 40196);
  const { evaluate } = compileExpression(groupBy, site.scope);
  const order = orderOf(site.scope);
  const idOf = (environment: Environment): MaybeValue => {
    const value = evaluate(environment);
    const upper = boundaries.findIndex((boundary) => order.compare(value, boundary) < 0);
    if (upper > 0) return boundaries[upper - 1];
    if (fallback !== undefined) return fallback;
    throw new MongoServerError(
      40066,
      '$switch could not find a matching branch for an input, and no default was specified.',
    );
  };
  async function* run(input: DocumentStream): DocumentStream {
    const groups = await groupStream(input, idOf, fields, { order, source: site.source });
    groups.sort((left, right) => order.compare(left.id, right.id));
    yield* streamOf(groups.map((entry) => entry.group.document(entry.id)));
  }
  return { name: site.name, run };
}

interface Entry {
  readonly value: Value;
  readonly document: BsonDocument;
}

function bucketCount(value: Value): number {
  if (!isNumeric(value)) {
    throw new MongoServerError(
      40241,
      `The $bucketAuto 'buckets' field must be a numeric value, but found type: ${bsonTypeName(value)}.`,
    );
  }
  const count = asBigInt(value);
  if (count === undefined || count > 2147483647n) {
    throw new MongoServerError(
      40242,
      `The $bucketAuto 'buckets' field must be representable as a 32-bit integer, but found ${value.toString()}.`,
    );
  }
  if (count > 0n) return Number(count);
  throw new MongoServerError(
    40243,
    `The $bucketAuto 'buckets' field must be greater than 0, but found: ${count}.`,
  );
}

/** Fills one bucket after another with about equally many documents, equal values together. */
function fillBuckets(
  entries: readonly Entry[],
  count: number,
  fields: readonly GroupField[],
  { compare }: ValueOrder,
) {
  const size = Math.max(1, Math.round(entries.length / count));
  const buckets: { min: Value; end: number; group: Group }[] = [];
  let next = 0;
  while (next < entries.length) {
    const isLast = buckets.length === count - 1;
    let end = isLast ? entries.length : Math.min(next + size, entries.length);
    while (end < entries.length && compare(entries[end]!.value, entries[end - 1]!.value) === 0) {
      end += 1;
    }
    const group = new Group(undefined, fields);
    for (const { document } of entries.slice(next, end)) group.add({ root: document });
    buckets.push({ min: entries[next]!.value, end, group });
    next = end;
  }
  return buckets.map(({ min, end, group }) => {
    const max = (entries[end] ?? entries.at(-1))!.value;
    return group.document(
      new Map<string, Value>([
        ['min', min],
        ['max', max],
      ]),
    );
  });
}

function compileBucketAuto(site: StageSite): Stage {
  const options = optionsOf(site, ['groupBy', 'buckets', 'output', 'granularity'], [40240, 40245]);
  const groupBy = options.get('groupBy');
  const buckets = options.get('buckets');
  if (groupBy === undefined || buckets === undefined) {
    throw new MongoServerError(
      40246,
      "$bucketAuto requires 'groupBy' and 'buckets' to be specified.",
    );
  }
  if (options.has('granularity')) {
    throw new MongoServerError('NotImplemented', "$bucketAuto does not support 'granularity'");
  }
  assertGroupBy(groupBy, site, 40239);
  const count = bucketCount(buckets);
  const fields = outputFields(options.get('output'), site, 40244);
  const { evaluate } = compileExpression(groupBy, site.scope);
  const order = orderOf(site.scope);
  async function* run(input: DocumentStream): DocumentStream {
    const budget = new MemoryBudget('$bucketAuto');
    const entries: Entry[] = [];
    for await (const chunk of input) {
      for (const document of chunk) {
        budget.add(document);
        entries.push({ value: evaluate({ root: document }) ?? null, document });
      }
    }
    entries.sort((left, right) => order.compare(left.value, right.value));
    yield* streamOf(fillBuckets(entries, count, fields, order));
  }
  return { name: site.name, run };
}

export const BUCKET_STAGES: StageTable = {
  $bucket: compileBucket,
  $bucketAuto: compileBucketAuto,
};
