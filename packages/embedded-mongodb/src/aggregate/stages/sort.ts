import { Int32 } from 'bson';
import { MongoServerError } from '../../errors';
import { parseSortPattern, type SortPattern } from '../../plan/query';
import { createSortOrder } from '../../plan/sort-key';
import { Ranking } from '../../expression/accumulators/counted';
import type { Collation } from '../../values/collation';
import type { BsonDocument } from '../../values/types';
import { MemoryBudget } from '../memory';
import { streamOf } from '../stream';
import type { DocumentStream, Stage, StageSite, StageTable } from '../types';
import { compileGroup } from './group';

interface Keyed {
  readonly key: Buffer;
  readonly document: BsonDocument;
}

/** A sort pattern of a pipeline, where `$natural` means nothing. */
export function pipelineSortPattern(specification: unknown, collation?: Collation): SortPattern {
  if (!(specification instanceof Map)) {
    throw new MongoServerError(15973, 'the $sort key specification must be an object');
  }
  const pattern = parseSortPattern(specification as BsonDocument, collation);
  if (pattern.length === 0) {
    throw new MongoServerError(15976, '$sort stage must have at least one sort key');
  }
  if (pattern.some((field) => field.kind === 'natural')) {
    throw new MongoServerError(16410, "FieldPath field names may not start with '$'.");
  }
  return pattern;
}

/** Sorts a whole stream; equal documents keep their order. */
export async function* sortStream(input: DocumentStream, pattern: SortPattern): DocumentStream {
  const { keyOf, compare } = createSortOrder(pattern);
  const budget = new MemoryBudget('$sort');
  const entries: Keyed[] = [];
  for await (const chunk of input) {
    for (const document of chunk) {
      const key = keyOf(document);
      budget.addBytes(key.length);
      budget.add(document);
      entries.push({ key, document });
    }
  }
  entries.sort((left, right) => compare(left.key, right.key));
  yield* streamOf(entries.map(({ document }) => document));
}

/** The first documents of a sort, holding only about as many as are asked for. */
export async function* topOfStream(
  input: DocumentStream,
  pattern: SortPattern,
  limit: number,
): DocumentStream {
  const { keyOf, compare } = createSortOrder(pattern);
  const ranking = new Ranking<Keyed>(limit, (left, right) => compare(left.key, right.key));
  for await (const chunk of input) {
    for (const document of chunk) ranking.add({ key: keyOf(document), document });
  }
  yield* streamOf(ranking.sorted().map(({ document }) => document));
}

function compileSort({ name, specification, collation }: StageSite): Stage {
  const pattern = pipelineSortPattern(specification, collation);
  return {
    name,
    run: (input) => sortStream(input, pattern),
    pushable: { kind: 'sort', pattern },
    changes: () => false,
  };
}

function compileSortByCount(site: StageSite): Stage {
  const { name, specification } = site;
  if (specification instanceof Map) {
    const [operator] = specification.keys();
    if (operator === undefined || !operator.startsWith('$')) {
      throw new MongoServerError(
        40147,
        'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
      );
    }
  } else if (typeof specification !== 'string') {
    throw new MongoServerError(
      40149,
      'the sortByCount field must be specified as a string or as an object',
    );
  } else if (!specification.startsWith('$')) {
    throw new MongoServerError(
      40148,
      'the sortByCount field must be defined as a $-prefixed path or an expression inside an object',
    );
  }
  const group = compileGroup({
    ...site,
    name: '$group',
    specification: new Map([
      ['_id', specification],
      ['count', new Map([['$sum', new Int32(1)]])],
    ]),
  });
  const pattern = parseSortPattern(new Map([['count', new Int32(-1)]]));
  return { name, run: (input) => sortStream(group.run(input), pattern) };
}

export const SORT_STAGES: StageTable = {
  $sort: compileSort,
  $sortByCount: compileSortByCount,
};
