import { Int32, Long } from 'bson';
import { MongoServerError } from '../../errors';
import { formatValue } from '../../expression/format';
import { asBigInt } from '../../expression/numeric';
import { compileMatch } from '../../match/compile';
import { rootOf } from '../../plan/index-candidate';
import { isNumeric } from '../../values/numbers';
import type { BsonDocument, Value } from '../../values/types';
import { pathsRead } from '../optimize';
import { mapChunks } from '../stream';
import type { DocumentStream, Stage, StageSite, StageTable } from '../types';

function compileMatchStage({ name, specification, variables, scope }: StageSite): Stage {
  if (!(specification instanceof Map)) {
    throw new MongoServerError(15959, 'the match filter must be an expression in an object');
  }
  const match = compileMatch(specification, { variables, collation: scope.collation });
  return {
    name,
    run: (input) =>
      mapChunks(input, (chunk) => chunk.filter((document) => match.matches(document))),
    pushable: { kind: 'match', filter: specification, match },
    reads: pathsRead(match.root)?.map(rootOf),
    changes: () => false,
  };
}

/** The non-negative whole number of `$skip` and `$limit`. */
function countOf(name: string, value: Value, code: number): number {
  const fault = (reason: string): MongoServerError =>
    new MongoServerError(
      code,
      `invalid argument to ${name} stage: ${reason}: ${name}: ${formatValue(value)}`,
    );
  if (!isNumeric(value)) throw fault('Expected a number in');
  const count = asBigInt(value);
  if (count === undefined) throw fault('Expected an integer');
  if (count < 0n) throw fault('Expected a non-negative number in');
  return Number(count);
}

async function* skipDocuments(input: DocumentStream, count: number): DocumentStream {
  let left = count;
  for await (const chunk of input) {
    const rest = left === 0 ? chunk : chunk.slice(left);
    left = Math.max(left - chunk.length, 0);
    if (rest.length > 0) yield rest;
  }
}

async function* limitDocuments(input: DocumentStream, count: number): DocumentStream {
  let left = count;
  for await (const chunk of input) {
    if (chunk.length >= left) {
      yield chunk.length === left ? chunk : chunk.slice(0, left);
      return;
    }
    left -= chunk.length;
    yield chunk;
  }
}

function compileSkip({ name, specification }: StageSite): Stage {
  const count = countOf(name, specification, 5107200);
  return {
    name,
    run: (input) => skipDocuments(input, count),
    pushable: { kind: 'skip', count },
    reads: [],
  };
}

function compileLimit({ name, specification }: StageSite): Stage {
  const count = countOf(name, specification, 5107201);
  if (count === 0) throw new MongoServerError(15958, 'the limit must be positive');
  return {
    name,
    run: (input) => limitDocuments(input, count),
    pushable: { kind: 'limit', count },
    reads: [],
  };
}

/** The document of `$count`, or none for no documents. */
export function countDocument(field: string, count: number): BsonDocument[] {
  if (count === 0) return [];
  return [new Map([[field, count > 2147483647 ? Long.fromNumber(count) : new Int32(count)]])];
}

function countFieldName(value: Value): string {
  if (typeof value !== 'string') {
    throw new MongoServerError(40156, 'the count field must be a non-empty string');
  }
  if (value === '') {
    throw new MongoServerError(40157, 'the count field must be a non-empty string');
  }
  if (value.startsWith('$')) {
    throw new MongoServerError(40158, 'the count field cannot be a $-prefixed path');
  }
  if (value.includes('\0')) {
    throw new MongoServerError(40159, 'the count field cannot contain a null byte');
  }
  if (value.includes('.')) {
    throw new MongoServerError(40160, "the count field cannot contain '.'");
  }
  return value;
}

function compileCount({ name, specification }: StageSite): Stage {
  const field = countFieldName(specification);
  async function* run(input: DocumentStream): DocumentStream {
    let count = 0;
    for await (const chunk of input) count += chunk.length;
    if (count > 0) yield countDocument(field, count);
  }
  const countOnly = (count: number): BsonDocument[] => countDocument(field, count);
  return { name, run, countOnly, reads: [], replaces: true };
}

export const BASIC_STAGES: StageTable = {
  $count: compileCount,
  $limit: compileLimit,
  $match: compileMatchStage,
  $skip: compileSkip,
};
