import { call, caseFile, command, fails, outcome } from '../build-cases';
import type { UnifiedTestFile } from '../runner/schema';

const NUMBERS = [1, 2, 3, 4, 5].map((_id) => ({ _id, x: _id * 11 }));

function natural(direction: 1 | -1, ids: readonly number[]) {
  const expected = ids.map((_id) => ({ _id }));
  return call('find', { filter: {}, sort: { $natural: direction } }, expected);
}

const NO_CURSOR = 0;

/** A reply of a command that opens a cursor. */
function batch(firstBatch: readonly object[], id: unknown = NO_CURSOR) {
  return { cursor: { id, ns: { $$type: 'string' }, firstBatch } };
}

function listed(name: string, described: object) {
  return command({ listCollections: 1, filter: { name }, cursor: {} }, batch([described]));
}

/** What listCollections answers of a collection with these options. */
function collection(options: object, idIndex: object = ID_INDEX) {
  return {
    name: 'items',
    type: 'collection',
    options,
    info: { readOnly: false, uuid: { $$type: 'binData' } },
    idIndex,
  };
}

const ID_INDEX = { v: 2, key: { _id: 1 }, name: '_id_' };
const NOT_THERE = { $$exists: false };

function found(name: string, filter: object, documents: readonly object[]) {
  return command({ find: name, filter, sort: { _id: 1 } }, batch(documents));
}

const cappedCollections = caseFile(
  'core/capped-collections',
  NUMBERS,
  [
    {
      description: 'the oldest documents make room, and $natural is the order of insertion',
      operations: [
        natural(1, [3, 4, 5]),
        natural(-1, [5, 4, 3]),
        call('insertOne', { document: { _id: 0 } }),
        natural(1, [4, 5, 0]),
        call('updateOne', { filter: { _id: 9 }, update: { $set: { x: 1 } }, upsert: true }),
        natural(1, [5, 0, 9]),
      ],
      outcome: outcome([{ _id: 0 }, { _id: 5, x: 55 }, { _id: 9, x: 1 }]),
    },
    {
      description: 'the size is rounded up to 256 bytes, and both limits are told',
      operations: [
        listed('items', collection({ capped: true, size: 1024, max: 3 })),
        command({ collStats: 'items' }, { capped: true, max: 3, maxSize: 1024, count: 3 }),
      ],
    },
    {
      description: 'documents may be deleted, and updated also when that makes them larger',
      operations: [
        call('deleteOne', { filter: { _id: 4 } }, { deletedCount: 1 }),
        call('updateOne', { filter: { _id: 3 }, update: { $set: { y: 'longer' } } }),
      ],
      outcome: outcome([
        { _id: 3, x: 33, y: 'longer' },
        { _id: 5, x: 55 },
      ]),
    },
    {
      description: 'collMod changes the limits, and the next insert follows them',
      operations: [
        command({ collMod: 'items', cappedMax: 2 }, { ok: 1 }),
        natural(1, [3, 4, 5]),
        call('insertOne', { document: { _id: 6 } }),
        natural(1, [5, 6]),
      ],
    },
    {
      description: 'limits without capped, and capped without a size, are refused',
      operations: [
        command({ create: 'other', size: 1024 }, fails(72)),
        command({ create: 'other', capped: true }, fails(72, "'size' field is required")),
        command({ create: 'other', capped: true, size: -1 }, fails(2)),
      ],
    },
    {
      description: 'no pipeline writes to it by $out',
      operations: [
        call('aggregate', { pipeline: [{ $match: {} }, { $out: 'items' }] }, fails(17152)),
      ],
    },
    {
      description: 'a tailable cursor stays open at the end, and is dead when there is nothing',
      operations: [
        command(
          { find: 'items', tailable: true, awaitData: true },
          batch(NUMBERS.slice(2), { $$type: ['int', 'long'] }),
        ),
        call('deleteMany', { filter: {} }),
        command({ find: 'items', tailable: true }, batch([])),
        command({ find: 'items', tailable: true, sort: { x: 1 } }, fails(2)),
        command({ find: 'items', awaitData: true }, fails(9)),
      ],
    },
  ],
  { capped: true, size: 1000, max: 3 },
);

const conversion = caseFile('reference/command/convertToCapped', NUMBERS, [
  {
    description: 'the newest documents that fit stay, secondary indexes go',
    operations: [
      call('createIndex', { keys: { x: 1 } }),
      command({ convertToCapped: 'items', size: 100 }, { ok: 1 }),
      listed('items', collection({ capped: true, size: 256 })),
      natural(1, [1, 2, 3, 4, 5]),
      command({ listIndexes: 'items' }, batch([ID_INDEX])),
    ],
  },
  {
    description: 'what is not there or has no size is refused',
    operations: [
      command({ convertToCapped: 'absent', size: 100 }, fails(26)),
      command({ convertToCapped: 'items', size: 0 }, fails(72)),
      command({ collMod: 'items', cappedSize: 1024 }, fails(72, 'must be capped')),
      command({ find: 'items', tailable: true }, fails(2, 'non capped collection')),
    ],
  },
]);

const drop = { name: 'dropCollection', object: 'database', arguments: { collection: 'shown' } };
const LARGE = [{ $match: { x: { $gt: 22 } } }, { $project: { x: 1 } }];

const views = caseFile('core/views', NUMBERS, [
  {
    description: 'a view is listed with its definition, and shown in system.views',
    operations: [
      drop,
      command({ create: 'shown', viewOn: 'items', pipeline: LARGE }, { ok: 1 }),
      listed('shown', {
        name: 'shown',
        type: 'view',
        options: { viewOn: 'items', pipeline: LARGE },
        info: { readOnly: true },
        idIndex: NOT_THERE,
      }),
      found('system.views', { _id: 'conformance.shown' }, [
        { _id: 'conformance.shown', viewOn: 'items', pipeline: LARGE },
      ]),
      drop,
      found('system.views', { _id: 'conformance.shown' }, []),
    ],
  },
  {
    description: 'find, count, distinct and aggregate read what its pipeline gives',
    operations: [
      drop,
      command({ create: 'shown', viewOn: 'items', pipeline: LARGE }, { ok: 1 }),
      found('shown', { x: { $lt: 50 } }, [
        { _id: 3, x: 33 },
        { _id: 4, x: 44 },
      ]),
      command({ count: 'shown', query: { x: { $gt: 33 } } }, { n: 2 }),
      command({ distinct: 'shown', key: 'x', query: { _id: { $ne: 4 } } }, { values: [33, 55] }),
      command(
        { aggregate: 'shown', pipeline: [{ $group: { _id: 1, n: { $sum: '$x' } } }], cursor: {} },
        batch([{ _id: 1, n: 132 }]),
      ),
      call(
        'aggregate',
        {
          pipeline: [
            { $match: { _id: { $lte: 3 } } },
            { $lookup: { from: 'shown', localField: '_id', foreignField: '_id', as: 'same' } },
            { $project: { n: { $size: '$same' } } },
          ],
        },
        [
          { _id: 1, n: 0 },
          { _id: 2, n: 0 },
          { _id: 3, n: 1 },
        ],
      ),
    ],
  },
  {
    description: 'writes, indexes and what an aggregation cannot say are refused',
    operations: [
      drop,
      command({ create: 'shown', viewOn: 'items', pipeline: [] }, { ok: 1 }),
      command(
        { insert: 'shown', documents: [{ x: 1 }] },
        { n: 0, writeErrors: [{ index: 0, code: 166, errmsg: { $$type: 'string' } }] },
      ),
      command(
        { createIndexes: 'shown', indexes: [{ key: { x: 1 }, name: 'x_1' }] },
        fails(166, 'is a view, not a collection'),
      ),
      command({ findAndModify: 'shown', query: {}, remove: true }, fails(166)),
      command({ find: 'shown', sort: { $natural: 1 } }, fails(168)),
      command({ find: 'shown', collation: { locale: 'en' } }, fails(167)),
      command({ create: 'shown', viewOn: 'items', pipeline: LARGE }, fails(48)),
      command({ create: 'round', viewOn: 'round' }, fails(5)),
      command({ create: 'writing', viewOn: 'items', pipeline: [{ $out: 'x' }] }, fails(167)),
    ],
    outcome: outcome(NUMBERS),
  },
  {
    description: 'collMod gives it another pipeline',
    operations: [
      drop,
      command({ create: 'shown', viewOn: 'items', pipeline: LARGE }, { ok: 1 }),
      command({ collMod: 'shown', viewOn: 'items', pipeline: [{ $limit: 1 }] }, { ok: 1 }),
      command({ count: 'shown' }, { n: 1 }),
      command({ collMod: 'shown', viewOn: 'items' }, fails(72)),
    ],
  },
]);

const clusteredCollections = caseFile(
  'core/clustered-collections',
  [...NUMBERS].reverse(),
  [
    {
      description: 'documents lie in the order of _id',
      operations: [natural(1, [1, 2, 3, 4, 5]), natural(-1, [5, 4, 3, 2, 1])],
    },
    {
      description: 'its index is shown by listIndexes and in the options, and cannot be dropped',
      operations: [
        command(
          { listIndexes: 'items' },
          batch([{ v: 2, key: { _id: 1 }, name: '_id_', unique: true, clustered: true }]),
        ),
        listed('items', collection({ clusteredIndex: { ...ID_INDEX, unique: true } }, NOT_THERE)),
        command({ dropIndexes: 'items', index: '_id_' }, fails(5979800)),
      ],
    },
    {
      description: 'another key, or one that is not unique, is refused',
      operations: [
        command({ create: 'other', clusteredIndex: { key: { x: 1 }, unique: true } }, fails(197)),
        command(
          { create: 'other', clusteredIndex: { key: { _id: 1 }, unique: false } },
          fails(197),
        ),
        command({ create: 'other', clusteredIndex: { key: { _id: 1 } } }, fails(40414)),
        command({ create: 'other', expireAfterSeconds: 1 }, fails(72)),
      ],
    },
  ],
  { clusteredIndex: { key: { _id: 1 }, unique: true } },
);

/** Collections that are more, or less, than documents in a row. */
export const specialCollections: readonly UnifiedTestFile[] = [
  cappedCollections,
  conversion,
  views,
  clusteredCollections,
];
