import { call, caseFile, command, fails, outcome } from '../build-cases';
import type { UnifiedTestFile } from '../runner/schema';

const ENGLISH = { locale: 'en_US', strength: 2 } as const;
const WORDS = [
  { _id: 1, x: 11 },
  { _id: 2, x: 'ping' },
  { _id: 3, x: 'pINg' },
  { _id: 4, x: 'résumé' },
  { _id: 5, x: 'file10' },
  { _id: 6, x: 'file9' },
  { _id: 'Ab', x: ['PING', 'pong'] },
];

function found(filter: object, ids: readonly unknown[], collation: object = ENGLISH) {
  const expected = ids.map((_id) => ({ _id }));
  return call('find', { filter, projection: { _id: 1 }, sort: { _id: 1 }, collation }, expected);
}

function piped(pipeline: readonly object[], expected: readonly unknown[]) {
  return call('aggregate', { pipeline, collation: ENGLISH }, expected);
}

/** An expression and its value. */
function computed(expression: object, value: unknown) {
  return piped([{ $match: { _id: 1 } }, { $project: { _id: 0, value: expression } }], [{ value }]);
}

/** A fresh document with some words, updated. */
function changed(update: object, after: object, options: object = {}) {
  const before = { word: 'middle', words: ['one', 'two', 'Three'] };
  return [
    call('replaceOne', { filter: { _id: 1 }, replacement: before }),
    call(
      'findOneAndUpdate',
      { filter: { _id: 1 }, update, returnDocument: 'After', collation: ENGLISH, ...options },
      { _id: 1, ...before, ...after },
    ),
  ];
}

/** The ways in which a lookup can say that `x` is the same. */
const LOOKUPS: readonly object[] = [
  { localField: 'x', foreignField: 'x' },
  { localField: 'x', foreignField: 'x', pipeline: [{ $match: { x: { $exists: true } } }] },
  { localField: 'x', foreignField: 'x', pipeline: [{ $limit: 5 }] },
  { pipeline: [{ $match: { x: 'PING' } }] },
];

/** Text that compares by the rules of a language. */
export const collations: readonly UnifiedTestFile[] = [
  caseFile('reference/collation', WORDS, [
    {
      description: 'at strength 2 case does not matter in a filter',
      operations: [
        found({ x: 'PING' }, [2, 3, 'Ab']),
        found({ x: { $in: ['Ping', 11] } }, [1, 2, 3, 'Ab']),
        found({ x: { $ne: 'PING' } }, [1, 4, 5, 6]),
        found({ x: { $nin: ['PING', 'FILE9'] } }, [1, 4, 5]),
        found({ x: { $not: { $eq: 'PING' } } }, [1, 4, 5, 6]),
        found({ x: { $all: ['ping', 'PONG'] } }, ['Ab']),
        found({ x: { $elemMatch: { $eq: 'PONG' } } }, ['Ab']),
        found({ _id: 'aB' }, ['Ab']),
        found({ x: { $gt: 'PING', $lt: 'S' } }, [4, 'Ab']),
      ],
    },
    {
      description: 'at strength 1 accents do not matter either, at 3 both do',
      operations: [
        found({ x: 'RESUME' }, [4], { locale: 'en', strength: 1 }),
        found({ x: 'RESUME' }, []),
        found({ x: 'PING' }, ['Ab'], { locale: 'en', strength: 3 }),
        found({ x: 'PING' }, ['Ab'], { locale: 'simple' }),
      ],
    },
    {
      description: 'an index, which orders by bytes, does not narrow a filter with text',
      operations: [
        call('createIndex', { keys: { x: 1 } }),
        found({ x: 'PING' }, [2, 3, 'Ab']),
        found({ x: { $gte: 'PING', $lte: 'PING' } }, [2, 3, 'Ab']),
        found({ x: 11 }, [1]),
      ],
    },
    {
      description: 'a sort follows it, numbers in text by their value when asked for',
      operations: [
        call(
          'find',
          {
            filter: { x: /^file/ },
            sort: { x: 1 },
            collation: { locale: 'en', numericOrdering: true },
          },
          [{ _id: 6 }, { _id: 5 }],
        ),
        call(
          'find',
          {
            filter: { x: { $type: 'string' } },
            sort: { x: -1, _id: 1 },
            limit: 3,
            collation: ENGLISH,
          },
          [{ _id: 4 }, { _id: 'Ab' }, { _id: 2 }],
        ),
        call(
          'aggregate',
          {
            pipeline: [{ $match: { x: 'PING' } }, { $sort: { x: 1, _id: -1 } }, { $limit: 2 }],
            collation: ENGLISH,
          },
          [{ _id: 'Ab' }, { _id: 3 }],
        ),
      ],
    },
    {
      description: 'counts and distinct follow it',
      operations: [
        call('countDocuments', { filter: { x: 'PING' }, collation: ENGLISH }, 3),
        call('count', { filter: { x: 'PING' }, collation: ENGLISH }, 3),
        call('distinct', { fieldName: 'x', filter: { x: /^p/i }, collation: ENGLISH }, [
          'ping',
          'pong',
        ]),
      ],
    },
    {
      description: 'updates and deletions find by it',
      operations: [
        call(
          'updateMany',
          { filter: { x: 'PING' }, update: { $set: { hit: 1 } }, collation: ENGLISH },
          { matchedCount: 3, modifiedCount: 3 },
        ),
        call(
          'findOneAndUpdate',
          {
            filter: { x: 'FILE9' },
            update: { $set: { x: 'read' } },
            sort: { x: 1 },
            returnDocument: 'After',
            collation: ENGLISH,
          },
          { _id: 6, x: 'read' },
        ),
        call(
          'replaceOne',
          { filter: { _id: 'aB' }, replacement: { y: 1 }, collation: ENGLISH },
          { matchedCount: 1 },
        ),
        call('deleteMany', { filter: { x: 'PING' }, collation: ENGLISH }, { deletedCount: 2 }),
        call('findOneAndDelete', { filter: { x: 'FILE10' }, collation: ENGLISH }, { _id: 5 }),
        call(
          'updateOne',
          {
            filter: { x: 'Nobody' },
            update: { $set: { _id: 7 } },
            upsert: true,
            collation: ENGLISH,
          },
          { upsertedCount: 1, upsertedId: 7 },
        ),
      ],
      outcome: outcome([
        { _id: 1, x: 11 },
        { _id: 4, x: 'résumé' },
        { _id: 6, x: 'read' },
        { _id: 7, x: 'Nobody' },
        { _id: 'Ab', y: 1 },
      ]),
    },
    {
      description: 'expressions compare by it',
      operations: [
        found({ $expr: { $eq: ['$x', 'PING'] } }, [2, 3]),
        found({ $expr: { $in: ['PONG', { $cond: [{ $isArray: '$x' }, '$x', []] }] } }, ['Ab']),
        computed({ $cmp: ['a', 'A'] }, 0),
        computed({ $ne: ['a', 'A'] }, false),
        computed({ $gt: ['b', 'A'] }, true),
        computed({ $lte: ['b', 'A'] }, false),
        computed({ $eq: [{ k: ['a'] }, { k: ['A'] }] }, true),
        computed({ $indexOfArray: [['x', 'Y'], 'y'] }, 1),
        computed(
          {
            $setUnion: [
              ['a', 'B'],
              ['A', 'b', 'c'],
            ],
          },
          ['a', 'B', 'c'],
        ),
        computed({ $setIntersection: [['a', 'B'], ['b']] }, ['B']),
        computed({ $setDifference: [['a', 'B'], ['A']] }, ['B']),
        computed(
          {
            $setEquals: [
              ['a', 'B'],
              ['b', 'A', 'a'],
            ],
          },
          true,
        ),
        computed({ $setIsSubset: [['A'], ['a', 'b']] }, true),
        computed({ $min: ['b', 'A', 'C'] }, 'A'),
        computed({ $max: ['b', 'A', 'C'] }, 'C'),
        computed({ $minN: { n: 2, input: ['b', 'C', 'A'] } }, ['A', 'b']),
        computed({ $maxN: { n: 2, input: ['b', 'C', 'A'] } }, ['C', 'b']),
        computed({ $sortArray: { input: ['b', 'C', 'A'], sortBy: 1 } }, ['A', 'b', 'C']),
        computed(
          { $sortArray: { input: [{ k: 'b' }, { k: 'C' }, { k: 'A' }], sortBy: { k: -1 } } },
          [{ k: 'C' }, { k: 'b' }, { k: 'A' }],
        ),
        // Functions of text itself look at its bytes under any collation.
        computed({ $strcasecmp: ['a', 'é'] }, -1),
        computed({ $indexOfCP: ['abc', 'B'] }, -1),
      ],
    },
    {
      description: 'groups and buckets go by it, under the text that came first',
      operations: [
        piped(
          [{ $match: { _id: { $in: [2, 3, 6] } } }, { $group: { _id: '$x', n: { $sum: 1 } } }],
          [
            { _id: 'ping', n: 2 },
            { _id: 'file9', n: 1 },
          ],
        ),
        piped(
          [
            { $match: { _id: { $in: [2, 3] } } },
            { $group: { _id: { word: '$x' }, ids: { $push: '$_id' } } },
          ],
          [{ _id: { word: 'ping' }, ids: [2, 3] }],
        ),
        piped(
          [{ $match: { _id: { $in: [2, 3] } } }, { $sortByCount: '$x' }],
          [{ _id: 'ping', count: 2 }],
        ),
        piped(
          [
            { $match: { _id: { $in: [2, 3, 6] } } },
            {
              $group: {
                _id: null,
                all: { $addToSet: '$x' },
                least: { $min: '$x' },
                greatest: { $max: '$x' },
                top: { $top: { sortBy: { x: -1, _id: 1 }, output: '$_id' } },
                two: { $maxN: { n: 2, input: '$x' } },
              },
            },
          ],
          [
            {
              _id: null,
              all: ['ping', 'file9'],
              least: 'file9',
              greatest: 'ping',
              top: 2,
              two: ['ping', 'pINg'],
            },
          ],
        ),
        piped(
          [
            { $match: { _id: { $in: [2, 3, 6] } } },
            { $bucket: { groupBy: '$x', boundaries: ['F', 'P', 'Q'] } },
          ],
          [
            { _id: 'F', count: 1 },
            { _id: 'P', count: 2 },
          ],
        ),
        piped(
          [
            { $match: { _id: { $in: [2, 3, 6] } } },
            { $bucketAuto: { groupBy: '$x', buckets: 3 } },
            { $project: { count: 1 } },
          ],
          [
            { _id: { min: 'file9', max: 'ping' }, count: 1 },
            { _id: { min: 'ping', max: 'pINg' }, count: 2 },
          ],
        ),
      ],
    },
    {
      description: 'joins and the pipelines inside others go by it',
      operations: [
        ...LOOKUPS.map((lookup) =>
          piped(
            [
              { $match: { _id: 3 } },
              { $lookup: { from: 'items', as: 'same', ...lookup } },
              { $project: { ids: '$same._id' } },
            ],
            [{ _id: 3, ids: [2, 3, 'Ab'] }],
          ),
        ),
        piped(
          [
            { $match: { _id: 3 } },
            {
              $lookup: {
                from: 'items',
                let: { word: '$x' },
                pipeline: [{ $match: { $expr: { $eq: ['$x', '$$word'] } } }],
                as: 'same',
              },
            },
            { $project: { ids: '$same._id' } },
          ],
          [{ _id: 3, ids: [2, 3] }],
        ),
        piped(
          [
            { $match: { _id: 3 } },
            {
              $graphLookup: {
                from: 'items',
                as: 'same',
                startWith: '$x',
                connectFromField: 'x',
                connectToField: 'x',
              },
            },
            { $project: { count: { $size: '$same' } } },
          ],
          [{ _id: 3, count: 3 }],
        ),
        piped(
          [
            { $match: { _id: 6 } },
            { $unionWith: { coll: 'items', pipeline: [{ $match: { x: 'FILE9' } }] } },
            { $project: { _id: 1 } },
          ],
          [{ _id: 6 }, { _id: 6 }],
        ),
        piped(
          [{ $facet: { all: [{ $match: { x: 'FILE9' } }, { $project: { _id: 1 } }] } }],
          [{ all: [{ _id: 6 }] }],
        ),
      ],
    },
    {
      description: 'projections go by it',
      operations: [
        call(
          'find',
          {
            filter: { x: 'pong' },
            projection: { _id: 0, x: { $elemMatch: { $eq: 'PONG' } } },
            collation: ENGLISH,
          },
          [{ x: ['pong'] }],
        ),
        call(
          'find',
          { filter: { x: 'PONG' }, projection: { _id: 0, 'x.$': 1 }, collation: ENGLISH },
          [{ x: ['pong'] }],
        ),
        call(
          'find',
          {
            filter: { _id: 2 },
            projection: { isPing: { $eq: ['$x', 'PING'] } },
            collation: ENGLISH,
          },
          [{ _id: 2, isPing: true }],
        ),
      ],
    },
    {
      description: 'updates that compare go by it',
      operations: [
        changed({ $pull: { words: 'ONE' } }, { words: ['two', 'Three'] }),
        changed({ $pull: { words: { $in: ['ONE', 'TWO'] } } }, { words: ['Three'] }),
        changed({ $pullAll: { words: ['ONE', 'three'] } }, { words: ['two'] }),
        changed(
          { $addToSet: { words: { $each: ['TWO', 'four', 'FOUR'] } } },
          {
            words: ['one', 'two', 'Three', 'four'],
          },
        ),
        changed(
          { $push: { words: { $each: ['TOP'], $sort: 1 } } },
          {
            words: ['one', 'Three', 'TOP', 'two'],
          },
        ),
        changed({ $min: { word: 'A' } }, { word: 'A' }),
        changed({ $max: { word: 'MIDDLE' } }, { word: 'middle' }),
        changed(
          { $set: { 'words.$[word]': 'hit' } },
          { words: ['one', 'two', 'hit'] },
          { arrayFilters: [{ word: 'THREE' }] },
        ),
        changed([{ $set: { word: { $eq: ['$word', 'MIDDLE'] } } }], { word: true }),
      ].flat(),
    },
    {
      description: 'a merge needs an index of the same collation, and there is none',
      operations: [
        call('aggregate', { pipeline: [{ $merge: 'other' }], collation: ENGLISH }, fails(51183)),
      ],
    },
    {
      description: 'what cannot be done under it is refused',
      operations: [
        call(
          'aggregate',
          {
            pipeline: [{ $setWindowFields: { sortBy: { x: 1 }, output: { n: { $rank: {} } } } }],
            collation: ENGLISH,
          },
          fails(238),
        ),
        command(
          { find: 'items', collation: { locale: 'xx-none' } },
          fails(2, "'locale' is invalid"),
        ),
        command({ find: 'items', collation: { strength: 2 } }, fails(40414)),
        command({ find: 'items', collation: { locale: 'en', strength: 9 } }, fails(2)),
        command({ find: 'items', collation: { locale: 'en', strong: 1 } }, fails(40415)),
        command({ find: 'items', collation: { locale: 'en', strength: 4 } }, fails(238)),
      ],
    },
  ]),
];
