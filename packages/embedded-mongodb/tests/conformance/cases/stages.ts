import type { Document } from 'mongodb';
import { call, caseFile, fails, outcome, pipelineFile } from '../build-cases';

const ORDERS = [
  { _id: 1, item: 'pen', quantity: 5, tags: ['a', 'b'], at: { city: 'Rome' } },
  { _id: 2, item: 'ink', quantity: 2, tags: [], at: { city: 'Oslo' } },
  { _id: 3, item: 'pen', quantity: 10, tags: ['b'] },
];

/** The stages of pipelines. */
export const stages = [
  pipelineFile('reference/operator/aggregation/match', ORDERS, [
    [
      'finds',
      [{ $match: { quantity: { $gt: 2 } } }, { $project: { _id: 1 } }],
      [{ _id: 1 }, { _id: 3 }],
    ],
    ['something else than a document', [{ $match: 1 }], fails(15959)],
  ]),
  pipelineFile('reference/operator/aggregation/project', ORDERS, [
    [
      'includes',
      [{ $limit: 1 }, { $project: { item: 1, 'at.city': 1 } }],
      [{ _id: 1, item: 'pen', at: { city: 'Rome' } }],
    ],
    [
      'excludes',
      [{ $limit: 1 }, { $project: { tags: 0, at: 0 } }],
      [{ _id: 1, item: 'pen', quantity: 5 }],
    ],
    [
      'computes',
      [{ $limit: 1 }, { $project: { _id: 0, twice: { $multiply: ['$quantity', 2] } } }],
      [{ twice: 10 }],
    ],
    ['a mixture of both', [{ $project: { item: 1, tags: 0 } }], fails(31254)],
    ['nothing', [{ $project: {} }], fails(51272)],
  ]),
  pipelineFile('reference/operator/aggregation/addFields', ORDERS, [
    [
      'adds',
      [{ $limit: 1 }, { $addFields: { 'at.zip': 1, item: 'x' } }, { $unset: 'tags' }],
      [{ _id: 1, item: 'x', quantity: 5, at: { city: 'Rome', zip: 1 } }],
    ],
    [
      '$set is the same',
      [{ $match: { _id: 2 } }, { $set: { item: '$$REMOVE', tags: '$$REMOVE', at: 1 } }],
      [{ _id: 2, quantity: 2, at: 1 }],
    ],
    ['nothing', [{ $addFields: {} }], fails(40177)],
  ]),
  pipelineFile('reference/operator/aggregation/unset', ORDERS, [
    [
      'several',
      [{ $match: { _id: 1 } }, { $unset: ['tags', 'at.city'] }],
      [{ _id: 1, item: 'pen', quantity: 5, at: {} }],
    ],
    ['a number', [{ $unset: 1 }], fails(31002)],
  ]),
  pipelineFile('reference/operator/aggregation/group', ORDERS, [
    [
      'by a field',
      [{ $group: { _id: '$item', n: { $sum: 1 } } }, { $sort: { _id: 1 } }],
      [
        { _id: 'ink', n: 1 },
        { _id: 'pen', n: 2 },
      ],
    ],
    [
      'all together',
      [{ $group: { _id: null, total: { $sum: '$quantity' }, mean: { $avg: '$quantity' } } }],
      [{ _id: null, total: 17, mean: 17 / 3 }],
    ],
    ['without _id', [{ $group: { n: { $sum: 1 } } }], fails(15955)],
    ['an unknown accumulator', [{ $group: { _id: 1, n: { $nope: 1 } } }], fails(15952)],
    ['a plain value', [{ $group: { _id: 1, n: 1 } }], fails(40234)],
  ]),
  pipelineFile('reference/operator/aggregation: accumulators', ORDERS, [
    [
      '$addToSet, $push, $count',
      [
        { $sort: { _id: 1 } },
        {
          $group: {
            _id: null,
            set: { $addToSet: { $literal: 1 } },
            list: { $push: '$quantity' },
            n: { $count: {} },
          },
        },
      ],
      [{ _id: null, set: [1], list: [5, 2, 10], n: 3 }],
    ],
    [
      '$first, $last, $min, $max',
      [
        { $sort: { _id: 1 } },
        {
          $group: {
            _id: null,
            a: { $first: '$item' },
            b: { $last: '$item' },
            c: { $min: '$item' },
            d: { $max: '$item' },
          },
        },
      ],
      [{ _id: null, a: 'pen', b: 'pen', c: 'ink', d: 'pen' }],
    ],
    [
      '$firstN, $lastN, $minN, $maxN',
      [
        { $sort: { _id: 1 } },
        {
          $group: {
            _id: null,
            a: { $firstN: { input: '$quantity', n: 2 } },
            b: { $lastN: { input: '$quantity', n: 2 } },
            c: { $minN: { input: '$quantity', n: 2 } },
            d: { $maxN: { input: '$quantity', n: 2 } },
          },
        },
      ],
      [{ _id: null, a: [5, 2], b: [2, 10], c: [2, 5], d: [10, 5] }],
    ],
    [
      '$top, $bottom, $topN, $bottomN',
      [
        {
          $group: {
            _id: null,
            a: { $top: { sortBy: { quantity: 1 }, output: '$_id' } },
            b: { $bottom: { sortBy: { quantity: 1 }, output: '$_id' } },
            c: { $topN: { sortBy: { quantity: -1 }, output: '$_id', n: 2 } },
            d: { $bottomN: { sortBy: { quantity: -1 }, output: '$_id', n: 2 } },
          },
        },
      ],
      [{ _id: null, a: 2, b: 3, c: [3, 1], d: [1, 2] }],
    ],
    [
      '$mergeObjects, $stdDevPop, $stdDevSamp',
      [
        { $sort: { _id: 1 } },
        {
          $group: {
            _id: null,
            a: { $mergeObjects: '$at' },
            b: { $stdDevPop: { $literal: 3 } },
            c: { $stdDevSamp: { $literal: 3 } },
          },
        },
      ],
      [{ _id: null, a: { city: 'Oslo' }, b: 0, c: 0 }],
    ],
  ]),
  pipelineFile('reference/operator/aggregation/sort', ORDERS, [
    [
      'by two fields',
      [{ $sort: { item: 1, quantity: -1 } }, { $project: { _id: 1 } }],
      [{ _id: 2 }, { _id: 3 }, { _id: 1 }],
    ],
    ['nothing', [{ $sort: {} }], fails(15976)],
    ['another order', [{ $sort: { a: 2 } }], fails(15975)],
  ]),
  pipelineFile('reference/operator/aggregation: limit, skip, count, sample', ORDERS, [
    [
      '$skip and $limit',
      [{ $sort: { _id: 1 } }, { $skip: 1 }, { $limit: 1 }, { $project: { _id: 1 } }],
      [{ _id: 2 }],
    ],
    ['$limit of zero', [{ $limit: 0 }], fails(15958)],
    ['$skip of a negative', [{ $skip: -1 }], fails(5107200)],
    ['$count', [{ $match: { item: 'pen' } }, { $count: 'n' }], [{ n: 2 }]],
    ['$count of nothing', [{ $match: { item: 'x' } }, { $count: 'n' }], []],
    ['$count under a name with a dollar', [{ $count: '$n' }], fails(40158)],
    ['$sample', [{ $sample: { size: 9 } }, { $count: 'n' }], [{ n: 3 }]],
    ['$sample without a size', [{ $sample: {} }], fails(28749)],
  ]),
  pipelineFile('reference/operator/aggregation/unwind', ORDERS, [
    [
      'an element each',
      [{ $unwind: '$tags' }, { $project: { tags: 1 } }],
      [
        { _id: 1, tags: 'a' },
        { _id: 1, tags: 'b' },
        { _id: 3, tags: 'b' },
      ],
    ],
    [
      'with empty arrays and positions',
      [
        { $unwind: { path: '$tags', preserveNullAndEmptyArrays: true, includeArrayIndex: 'i' } },
        { $match: { _id: { $gt: 1 } } },
        { $project: { tags: 1, i: 1 } },
      ],
      [
        { _id: 2, i: null },
        { _id: 3, tags: 'b', i: 0 },
      ],
    ],
    ['a path without a dollar', [{ $unwind: 'tags' }], fails(28818)],
  ]),
  pipelineFile('reference/operator/aggregation/lookup', ORDERS, [
    [
      'by equality',
      [
        { $match: { _id: 2 } },
        { $lookup: { from: 'items', localField: 'item', foreignField: 'item', as: 'same' } },
        { $project: { same: '$same._id' } },
      ],
      [{ _id: 2, same: [2] }],
    ],
    [
      'by a pipeline',
      [
        { $match: { _id: 1 } },
        {
          $lookup: {
            from: 'items',
            let: { q: '$quantity' },
            pipeline: [
              { $match: { $expr: { $gt: ['$quantity', '$$q'] } } },
              { $project: { _id: 1 } },
            ],
            as: 'more',
          },
        },
        { $project: { more: 1 } },
      ],
      [{ _id: 1, more: [{ _id: 3 }] }],
    ],
    ['without as', [{ $lookup: { from: 'x', localField: 'a', foreignField: 'b' } }], fails(9)],
  ]),
  pipelineFile(
    'reference/operator/aggregation/graphLookup',
    [{ _id: 1 }, { _id: 2, up: 1 }, { _id: 3, up: 2 }],
    [
      [
        'all ancestors',
        [
          { $match: { _id: 3 } },
          {
            $graphLookup: {
              from: 'items',
              startWith: '$up',
              connectFromField: 'up',
              connectToField: '_id',
              depthField: 'depth',
              as: 'line',
            },
          },
          { $project: { line: { $sortArray: { input: '$line', sortBy: { _id: 1 } } } } },
        ],
        [
          {
            _id: 3,
            line: [
              { _id: 1, depth: 1 },
              { _id: 2, up: 1, depth: 0 },
            ],
          },
        ],
      ],
    ],
  ),
  pipelineFile('reference/operator/aggregation/facet', ORDERS, [
    [
      'several answers at once',
      [
        {
          $facet: {
            count: [{ $count: 'n' }],
            first: [{ $sort: { _id: 1 } }, { $limit: 1 }, { $project: { _id: 1 } }],
          },
        },
      ],
      [{ count: [{ n: 3 }], first: [{ _id: 1 }] }],
    ],
    ['a facet within', [{ $facet: { a: [{ $facet: { b: [] } }] } }], fails(40600)],
  ]),
  pipelineFile('reference/operator/aggregation/bucket', ORDERS, [
    [
      'by boundaries',
      [{ $bucket: { groupBy: '$quantity', boundaries: [0, 5, 10], default: 'more' } }],
      [
        { _id: 0, count: 1 },
        { _id: 5, count: 1 },
        { _id: 'more', count: 1 },
      ],
    ],
    ['a value outside', [{ $bucket: { groupBy: '$quantity', boundaries: [0, 5] } }], fails(40066)],
    [
      'boundaries in disorder',
      [{ $bucket: { groupBy: '$quantity', boundaries: [5, 0] } }],
      fails(40194),
    ],
    [
      '$bucketAuto',
      [{ $bucketAuto: { groupBy: '$quantity', buckets: 2 } }],
      [
        { _id: { min: 2, max: 10 }, count: 2 },
        { _id: { min: 10, max: 10 }, count: 1 },
      ],
    ],
  ]),
  pipelineFile('reference/operator/aggregation/replaceRoot', ORDERS, [
    [
      '$replaceRoot',
      [{ $match: { _id: 1 } }, { $replaceRoot: { newRoot: '$at' } }],
      [{ city: 'Rome' }],
    ],
    ['$replaceWith', [{ $match: { _id: 1 } }, { $replaceWith: { a: '$item' } }], [{ a: 'pen' }]],
    ['a value that is no document', [{ $replaceWith: '$item' }], fails(40228)],
  ]),
  pipelineFile('reference/operator/aggregation/sortByCount', ORDERS, [
    [
      'the most frequent first',
      [{ $sortByCount: '$item' }],
      [
        { _id: 'pen', count: 2 },
        { _id: 'ink', count: 1 },
      ],
    ],
  ]),
  pipelineFile('reference/operator/aggregation/unionWith', ORDERS, [
    [
      'the other after the one',
      [
        { $match: { _id: 3 } },
        { $unionWith: { coll: 'items', pipeline: [{ $match: { _id: 1 } }] } },
        { $project: { _id: 1 } },
      ],
      [{ _id: 3 }, { _id: 1 }],
    ],
  ]),
  pipelineFile('reference/operator/aggregation/redact', ORDERS, [
    [
      'keeps, prunes, descends',
      [
        { $redact: { $cond: [{ $eq: ['$_id', 2] }, '$$PRUNE', '$$KEEP'] } },
        { $project: { _id: 1 } },
      ],
      [{ _id: 1 }, { _id: 3 }],
    ],
  ]),
  pipelineFile('reference/operator/aggregation-pipeline', ORDERS, [
    [
      'an unknown stage',
      [{ $nope: {} }],
      fails(40324, "Unrecognized pipeline stage name: '$nope'"),
    ],
    ['two stages in one', [{ $match: {}, $limit: 1 }], fails(40323)],
    ['$out before the end', [{ $out: 'x' }, { $match: {} }], fails(40601)],
    ['a score without a search', [{ $project: { score: { $meta: 'textScore' } } }], fails(40218)],
  ]),
  caseFile('reference/operator/aggregation/out', ORDERS, [
    {
      description: 'replaces the collection',
      operations: [
        call(
          'aggregate',
          { pipeline: [{ $match: { _id: 1 } }, { $project: { item: 1 } }, { $out: 'items' }] },
          [],
        ),
      ],
      outcome: outcome([{ _id: 1, item: 'pen' }]),
    },
  ]),
  caseFile('reference/operator/aggregation/merge', ORDERS, [...mergeTests()]),
];

function mergeTests() {
  const base = [
    { $match: { _id: { $lt: 3 } } },
    { $project: { quantity: { $add: ['$quantity', 1] }, _id: { $add: ['$_id', 1] } } },
  ];
  const merge = (options: Document, expected: unknown, after: readonly Document[]) => ({
    description: JSON.stringify(options),
    operations: [
      call(
        'aggregate',
        { pipeline: [...base, { $merge: { into: 'items', ...options } }] },
        expected,
      ),
    ],
    outcome: outcome(after),
  });
  const [one = {}, two = {}, three = {}]: readonly Document[] = ORDERS;
  return [
    merge({}, [], [one, { ...two, quantity: 6 }, { ...three, quantity: 3 }]),
    merge({ whenMatched: 'replace' }, [], [one, { _id: 2, quantity: 6 }, { _id: 3, quantity: 3 }]),
    merge({ whenMatched: 'keepExisting' }, [], [one, two, three]),
    merge({ whenMatched: 'fail' }, fails(11000), [one, two, three]),
    merge(
      { whenMatched: [{ $set: { item: '$$new.quantity' } }] },
      [],
      [one, { ...two, item: 6 }, { ...three, item: 3 }],
    ),
    merge({ on: 'item' }, fails(51183), [one, two, three]),
  ];
}
