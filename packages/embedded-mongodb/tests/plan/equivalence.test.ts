import fc from 'fast-check';
import { compileMatch } from '../../src/match/compile';
import { countDocuments } from '../../src/plan/count';
import { executeRecords } from '../../src/plan/execute';
import { planQuery } from '../../src/plan/planner';
import { parseSortPattern, type FindQuery } from '../../src/plan/query';
import { createSortKeyGenerator } from '../../src/plan/sort-key';
import type { BsonDocument } from '../../src/values/types';
import { toPlain } from '../../src/values/plain';
import { document, MemoryCollection, type IndexOptions } from './memory-collection';

const PATHS = ['a', 'b', 'c', 'a.x', 'a.y', 'd.x', 'd.y.z'] as const;

// Longer than the store's keys: their ends are only in a hash.
const LONG = 'x'.repeat(2000);

const scalar = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(LONG, `${LONG}a`, `${LONG}b`, LONG.slice(0, 1875)) },
  { weight: 12, arbitrary: fc.integer({ min: 0, max: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom(0.5, 2.5, Number.NaN, Infinity, -1) },
  { weight: 2, arbitrary: fc.constantFrom('', 'a', 'ab', 'abc', 'b') },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.boolean() },
);
const leaf = fc.oneof(
  { weight: 6, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(fc.array(scalar, { maxLength: 2 }), { maxLength: 2 }) },
);
const embedded = fc.record({ x: leaf, y: scalar }, { requiredKeys: [] });
const nested = fc.record(
  {
    x: leaf,
    y: fc.oneof(
      scalar,
      fc.record({ z: leaf }),
      fc.array(fc.record({ z: scalar }), { maxLength: 2 }),
    ),
  },
  { requiredKeys: [] },
);
const storedDocument = fc.record(
  {
    a: fc.oneof(leaf, embedded, fc.array(embedded, { maxLength: 3 })),
    b: leaf,
    c: scalar,
    d: fc.oneof(scalar, nested, fc.array(nested, { maxLength: 2 })),
  },
  { requiredKeys: [] },
);

const comparison = fc
  .tuple(fc.constantFrom('$gt', '$gte', '$lt', '$lte', '$eq', '$ne'), leaf)
  .map(([operator, value]) => ({ [operator]: value }));
const range = fc
  .tuple(fc.constantFrom('$gt', '$gte'), scalar, fc.constantFrom('$lt', '$lte'), scalar)
  .map(([lower, low, upper, high]) => ({ [lower]: low, [upper]: high }));
const elementFilter = fc.dictionary(
  fc.constantFrom('x', 'y', 'y.z'),
  fc.oneof(scalar, range, comparison),
  { minKeys: 1 },
);
const condition = fc.oneof(
  { weight: 4, arbitrary: leaf.map((value) => ({ $eq: value })) },
  { weight: 3, arbitrary: comparison },
  { weight: 3, arbitrary: range },
  { weight: 3, arbitrary: fc.array(leaf, { maxLength: 4 }).map((values) => ({ $in: values })) },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }).map((values) => ({ $nin: values })) },
  { weight: 1, arbitrary: fc.boolean().map((exists) => ({ $exists: exists })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('^a', '^ab', 'b', '^').map((pattern) => ({ $regex: pattern })),
  },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 2 }).map((values) => ({ $all: values })) },
  { weight: 1, arbitrary: range.map((inner) => ({ $elemMatch: inner })) },
  { weight: 1, arbitrary: comparison.map((inner) => ({ $not: inner })) },
  { weight: 2, arbitrary: elementFilter.map((inner) => ({ $elemMatch: inner })) },
);
type Path = (typeof PATHS)[number];

const direction = fc.constantFrom<1 | -1>(1, -1);

const indexOptions = fc.oneof(
  { weight: 8, arbitrary: fc.constant<IndexOptions>({}) },
  { weight: 1, arbitrary: fc.constant<IndexOptions>({ sparse: true }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<object>({ c: { $gt: 1 } }, { b: { $exists: true } }, { c: { $in: [1, 2, 3] } })
      .map((partial): IndexOptions => ({ partialFilter: document(partial) })),
  },
);

/** Filters on few paths, so that the same ones are often in the indexes and in the sort. */
function filterOn(paths: readonly Path[]) {
  const roots = [
    ...new Set(paths.filter((path) => path.includes('.')).map((path) => path.split('.')[0])),
  ];
  const fields = fc.dictionary(fc.constantFrom(...paths), condition, { minKeys: 1, maxKeys: 2 });
  const inElement = fc
    .tuple(fc.constantFrom(...(roots.length > 0 ? roots : ['a'])), elementFilter)
    .map(([root, inner]) => ({ [root as string]: { $elemMatch: inner } }));
  const simple = fc.oneof({ weight: 4, arbitrary: fields }, { weight: 1, arbitrary: inElement });
  const several = fc.array(simple, { minLength: 1, maxLength: 3 });
  return fc.oneof(
    { weight: 6, arbitrary: simple },
    { weight: 1, arbitrary: several.map((branches) => ({ $or: branches })) },
    { weight: 1, arbitrary: several.map((parts) => ({ $and: parts })) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(simple, several)
        .map(([first, branches]) => ({ $and: [first, { $or: branches }] })),
    },
  );
}

/** Patterns over the same few paths. */
function patternOn(paths: readonly Path[]) {
  return fc
    .shuffledSubarray([...paths], { minLength: 1 })
    .chain((chosen) =>
      fc
        .array(direction, { minLength: chosen.length, maxLength: chosen.length })
        .map((directions) =>
          Object.fromEntries(chosen.map((path, position) => [path, directions[position] ?? 1])),
        ),
    );
}

const scenario = fc.subarray([...PATHS], { minLength: 2, maxLength: 3 }).chain((paths) => {
  const pattern = patternOn(paths);
  return fc.record({
    documents: fc.array(storedDocument, { maxLength: 20 }),
    indexes: fc.uniqueArray(fc.record({ key: pattern, options: indexOptions }), {
      minLength: 1,
      maxLength: 3,
      selector: ({ key }) => JSON.stringify(key),
    }),
    filter: fc.option(filterOn(paths), { freq: 8 }),
    sort: fc.option(
      fc.oneof(
        pattern,
        pattern.map((fields) => ({ ...fields, _id: 1 as const })),
      ),
    ),
    skip: fc.oneof(fc.constant(0), fc.nat(4)),
    limit: fc.oneof(fc.constant(0), fc.nat(5)),
  });
});

interface Scenario {
  documents: object[];
  indexes: { key: object; options: IndexOptions }[];
  filter: object | null;
  sort: object | null;
  skip: number;
  limit: number;
}

function build({ documents, indexes }: Scenario): MemoryCollection {
  const collection = new MemoryCollection();
  for (const { key, options } of indexes) {
    collection.createIndex(key as Record<string, 1 | -1>, options);
  }
  let nextId = 1;
  for (const fields of documents) {
    // A document with parallel arrays cannot be in such an index at all, so it is left out.
    if (collection.accepts(fields)) collection.insert({ _id: nextId++, ...fields });
  }
  return collection;
}

const idOf = (found: BsonDocument): number => Number(toPlain(found.get('_id')));

function queryOf({ filter: plain, sort, skip, limit }: Scenario): FindQuery {
  return {
    match: plain === null ? undefined : compileMatch(document(plain)),
    sort: sort === null ? undefined : parseSortPattern(document(sort)),
    skip,
    limit,
  };
}

async function run(collection: MemoryCollection, query: FindQuery): Promise<BsonDocument[]> {
  const plan = planQuery(collection.info, query, collection.reader());
  const found: BsonDocument[] = [];
  for await (const records of executeRecords(collection.operation(), plan)) {
    found.push(...records.map((record) => record.document()));
  }
  return found;
}

/** Every match, by looking at each document, in sort order. */
function expectedMatches(collection: MemoryCollection, query: FindQuery): BsonDocument[] {
  const matches = collection.documents.filter((stored) => query.match?.matches(stored) ?? true);
  if (query.sort === undefined) return matches;
  const sortKey = createSortKeyGenerator(query.sort);
  const keyed = matches.map((match) => ({ match, key: sortKey(match) }));
  return keyed.sort((a, b) => Buffer.compare(a.key, b.key)).map(({ match }) => match);
}

const OPTIONS = { numRuns: Number(process.env.PLAN_PROPERTY_RUNS ?? 500) };

describe('a planned query', () => {
  test('without a window, when indexes exist, finds exactly the documents that a look at each one finds', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const collection = build(given);
        const query = { ...queryOf(given), skip: 0, limit: 0 };
        fc.pre(canSort(collection, query));
        const found = (await run(collection, query)).map(idOf);
        const expected = expectedMatches(collection, query).map(idOf);
        expect(found).toHaveLength(expected.length);
        expect(new Set(found)).toEqual(new Set(expected));
      }),
      OPTIONS,
    );
  });

  test('with sort, skip and limit, when ties allow several answers, gives rows whose sort keys are the right ones', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const collection = build(given);
        const query = queryOf(given);
        fc.pre(canSort(collection, query));
        const found = await run(collection, query);
        const all = expectedMatches(collection, query);
        const window = all.slice(
          given.skip,
          given.limit > 0 ? given.skip + given.limit : undefined,
        );
        expect(found).toHaveLength(window.length);
        expect(new Set(found.map((row) => idOf(row))).size).toBe(found.length);
        const matching = new Set(all.map((row) => idOf(row)));
        expect(found.every((row) => matching.has(idOf(row)))).toBe(true);
        if (query.sort === undefined) return;
        const sortKey = createSortKeyGenerator(query.sort);
        const hex = (row: BsonDocument): string => sortKey(row).toString('hex');
        expect(found.map(hex)).toEqual(window.map(hex));
      }),
      OPTIONS,
    );
  });

  test('counted, when indexes exist, gives the number of documents that match within the window', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const collection = build(given);
        const query = { ...queryOf(given), sort: undefined };
        const rest = Math.max(0, expectedMatches(collection, query).length - given.skip);
        const expected = given.limit > 0 ? Math.min(rest, given.limit) : rest;
        expect(await countDocuments(collection.operation(), collection.info, query)).toBe(expected);
      }),
      OPTIONS,
    );
  });
});

function canSort(collection: MemoryCollection, { sort }: FindQuery): boolean {
  if (sort === undefined) return true;
  const sortKey = createSortKeyGenerator(sort);
  try {
    collection.documents.forEach(sortKey);
    return true;
  } catch {
    return false;
  }
}
