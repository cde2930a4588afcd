import type { Document } from 'mongodb';
import { call, caseFile, command, fails, outcome } from '../build-cases';
import type { UnifiedTest, UnifiedTestFile } from '../runner/schema';

const ITEMS = [
  { _id: 1, x: 11 },
  { _id: 2, x: 22 },
  { _id: 3, x: 33 },
];

const NULL_ID = call('countDocuments', { filter: { _id: { $type: 'null' } } }, 1);

// Drivers make an _id of their own for null in inserts, so these are sent as commands.
const NULL_ID_COMMANDS: readonly (readonly [string, Document])[] = [
  ['insert', { documents: [{ _id: null }] }],
  ['update', { updates: [{ q: { _id: null }, u: { $unset: { a: '' } }, upsert: true }] }],
  ['update', { updates: [{ q: { a: 1 }, u: { _id: null }, upsert: true }] }],
  ['update', { updates: [{ q: { a: 1 }, u: { $setOnInsert: { _id: null } }, upsert: true }] }],
  ['update', { updates: [{ q: { a: 1 }, u: [{ $set: { _id: null } }], upsert: true }] }],
  ['findAndModify', { query: { _id: null }, update: { a: 1 }, upsert: true }],
];

const HINTS: readonly (string | Document)[] = ['_id_', { _id: 1 }];
const BY_HINT: readonly (readonly [string, Document])[] = [
  ['find', { filter: { _id: { $gt: 1 } } }],
  ['countDocuments', { filter: { _id: { $gt: 1 } } }],
  ['updateOne', { filter: { _id: { $gt: 1 } }, update: { $inc: { x: 1 } } }],
  ['updateMany', { filter: { _id: { $gt: 1 } }, update: { $inc: { x: 1 } } }],
  ['replaceOne', { filter: { _id: { $gt: 1 } }, replacement: { x: 1 } }],
  ['deleteOne', { filter: { _id: { $gt: 1 } } }],
  ['deleteMany', { filter: { _id: { $gt: 1 } } }],
  ['findOneAndDelete', { filter: { _id: { $gt: 1 } } }],
  ['findOneAndUpdate', { filter: { _id: { $gt: 1 } }, update: { $inc: { x: 1 } } }],
  ['findOneAndReplace', { filter: { _id: { $gt: 1 } }, replacement: { x: 1 } }],
];

function hintTests(): UnifiedTest[] {
  return BY_HINT.flatMap(([operation, options]) => [
    ...HINTS.map((hint) => ({
      description: `${operation} reads by the index that ${JSON.stringify(hint)} names`,
      operations: [call(operation, { ...options, hint })],
    })),
    {
      description: `${operation} with a hint that names no index is refused`,
      operations: [call(operation, { ...options, hint: 'none_1' }, fails(2, 'hint'))],
      outcome: outcome(ITEMS),
    },
  ]);
}

const WITH_LET: readonly (readonly [string, Document, unknown])[] = [
  ['find', {}, [{ _id: 2 }]],
  ['findOneAndDelete', {}, { _id: 2 }],
  [
    'findOneAndUpdate',
    { update: [{ $set: { x: '$$value' } }], returnDocument: 'After' },
    { _id: 2, x: 'new' },
  ],
  ['updateOne', { update: [{ $set: { x: '$$value' } }] }, { modifiedCount: 1 }],
  ['updateMany', { update: [{ $set: { x: '$$value' } }] }, { modifiedCount: 1 }],
  ['deleteOne', {}, { deletedCount: 1 }],
  ['deleteMany', {}, { deletedCount: 1 }],
];

function letTests(): UnifiedTest[] {
  const filter = { $expr: { $eq: ['$_id', '$$id'] } };
  return WITH_LET.map(([operation, options, expected]) => ({
    description: `${operation} knows the variables of let`,
    operations: [call(operation, { filter, ...options, let: { id: 2, value: 'new' } }, expected)],
  }));
}

const DOLLARS: readonly (readonly [string, string, Document, unknown, (readonly Document[])?])[] = [
  [
    'a field that begins with a dollar is inserted',
    'insertOne',
    { document: { _id: 4, $a: 1 } },
    { insertedId: 4 },
    [...ITEMS, { _id: 4, $a: 1 }],
  ],
  [
    'a dotted field is inserted',
    'insertOne',
    { document: { _id: 4, 'a.b': 1 } },
    { insertedId: 4 },
    [...ITEMS, { _id: 4, 'a.b': 1 }],
  ],
  [
    'both below another field are inserted',
    'insertOne',
    { document: { _id: 4, a: { $b: 1, 'c.d': 1 } } },
    { insertedId: 4 },
    [...ITEMS, { _id: 4, a: { $b: 1, 'c.d': 1 } }],
  ],
  [
    'within _id a dollar is refused',
    'insertOne',
    { document: { _id: { $a: 1 } } },
    fails(52),
    ITEMS,
  ],
  [
    'within _id a dot is taken',
    'insertOne',
    { document: { _id: { 'a.b': 1 } } },
    { insertedId: { 'a.b': 1 } },
    [...ITEMS, { _id: { 'a.b': 1 } }],
  ],
  [
    'a replacement may have a dotted field',
    'replaceOne',
    { filter: { _id: 1 }, replacement: { 'a.b': 1 } },
    { modifiedCount: 1 },
    [{ _id: 1, 'a.b': 1 }, ...ITEMS.slice(1)],
  ],
  [
    'a replacement may have dollars below a field',
    'replaceOne',
    { filter: { _id: 1 }, replacement: { a: { $b: 1 } } },
    { modifiedCount: 1 },
    [{ _id: 1, a: { $b: 1 } }, ...ITEMS.slice(1)],
  ],
  [
    'a pipeline may set a field that begins with a dollar',
    'updateOne',
    {
      filter: { _id: 1 },
      update: [
        { $replaceWith: { $setField: { field: { $literal: '$a' }, value: 1, input: '$$ROOT' } } },
      ],
    },
    { modifiedCount: 1 },
    [{ _id: 1, x: 11, $a: 1 }, ...ITEMS.slice(1)],
  ],
  [
    'a pipeline may set a dotted field',
    'findOneAndUpdate',
    {
      filter: { _id: 1 },
      update: [
        { $replaceWith: { $setField: { field: { $literal: 'a.b' }, value: 1, input: '$$ROOT' } } },
      ],
      returnDocument: 'After',
    },
    { _id: 1, 'a.b': 1 },
    [{ _id: 1, x: 11, 'a.b': 1 }, ...ITEMS.slice(1)],
  ],
];

const UNACKNOWLEDGED: readonly (readonly [string, Document, readonly Document[]])[] = [
  ['insertOne', { document: { _id: 4 } }, [...ITEMS, { _id: 4 }]],
  [
    'updateOne',
    { filter: { _id: 1 }, update: { $inc: { x: 1 } }, hint: '_id_' },
    [{ _id: 1, x: 12 }, ...ITEMS.slice(1)],
  ],
  ['deleteOne', { filter: { _id: 1 }, hint: { _id: 1 } }, ITEMS.slice(1)],
  [
    'findOneAndUpdate',
    { filter: { _id: 1 }, update: { $inc: { x: 1 } } },
    [{ _id: 1, x: 12 }, ...ITEMS.slice(1)],
  ],
];

function unacknowledgedTests(): UnifiedTest[] {
  return UNACKNOWLEDGED.map(([operation, options, after]) => ({
    description: `${operation} without acknowledgement is made all the same`,
    operations: [
      call(operation, { ...options, writeConcern: { w: 0 } }),
      // The same connection answers this one after the write.
      call('find', { filter: {}, sort: { _id: 1 } }, after),
    ],
  }));
}

const BULK: readonly UnifiedTest[] = [
  {
    description: 'operations of all kinds are counted together',
    operations: [
      call(
        'bulkWrite',
        {
          requests: [
            { insertOne: { document: { _id: 4, x: 44 } } },
            { updateOne: { filter: { _id: 1 }, update: { $inc: { x: 1 } } } },
            { updateMany: { filter: { _id: { $gt: 1 } }, update: { $set: { y: 1 } } } },
            { replaceOne: { filter: { _id: 9 }, replacement: { x: 9 }, upsert: true } },
            { deleteOne: { filter: { _id: 2 } } },
            { deleteMany: { filter: { _id: { $gt: 3 } } } },
          ],
        },
        {
          insertedCount: 1,
          insertedIds: { 0: 4 },
          matchedCount: 4,
          modifiedCount: 4,
          upsertedCount: 1,
          upsertedIds: { 3: 9 },
          deletedCount: 3,
        },
      ),
    ],
    outcome: outcome([
      { _id: 1, x: 12 },
      { _id: 3, x: 33, y: 1 },
    ]),
  },
  {
    description: 'in order, the first error ends it',
    operations: [
      {
        ...call('bulkWrite', {
          requests: [
            { insertOne: { document: { _id: 4 } } },
            { insertOne: { document: { _id: 1 } } },
            { insertOne: { document: { _id: 5 } } },
          ],
        }),
        expectError: { errorCode: 11000, expectResult: { insertedCount: 1, deletedCount: 0 } },
      },
    ],
    outcome: outcome([...ITEMS, { _id: 4 }]),
  },
  {
    description: 'unordered, the rest is still tried',
    operations: [
      {
        ...call('bulkWrite', {
          ordered: false,
          requests: [
            { insertOne: { document: { _id: 1 } } },
            { insertOne: { document: { _id: 5 } } },
            { deleteOne: { filter: { _id: 3 } } },
          ],
        }),
        expectError: { errorCode: 11000, expectResult: { insertedCount: 1, deletedCount: 1 } },
      },
    ],
    outcome: outcome([ITEMS[0]!, ITEMS[1]!, { _id: 5 }]),
  },
  {
    description: 'an injected error bears the reply of the server',
    operations: [
      {
        name: 'failPoint',
        object: 'testRunner',
        arguments: {
          client: 'client',
          failPoint: {
            configureFailPoint: 'failCommand',
            mode: { times: 1 },
            data: { failCommands: ['insert'], errorCode: 8 },
          },
        },
      },
      {
        ...call('insertOne', { document: { _id: 4 } }),
        expectError: { errorCode: 8, errorCodeName: 'UnknownError', errorResponse: { code: 8 } },
      },
    ],
  },
];

const DUPLICATES: readonly UnifiedTest[] = [
  {
    description: 'a duplicate in findOneAndUpdate names the index and the key',
    operations: [
      call('createIndex', { keys: { x: 1 }, unique: true }),
      {
        ...call('findOneAndUpdate', { filter: { _id: 1 }, update: { $set: { x: 22 } } }),
        expectError: {
          errorCode: 11000,
          errorCodeName: 'DuplicateKey',
          errorContains: 'E11000 duplicate key error collection: conformance.items index: x_1',
          errorResponse: { keyPattern: { x: 1 }, keyValue: { x: 22 } },
        },
      },
    ],
    outcome: outcome(ITEMS),
  },
  {
    description: 'a duplicate in $merge names the index and the key',
    operations: [
      {
        ...call('aggregate', {
          pipeline: [
            { $addFields: { _id: 1 } },
            { $merge: { into: 'items', whenMatched: 'fail' } },
          ],
        }),
        expectError: {
          errorCode: 11000,
          errorResponse: { keyPattern: { _id: 1 }, keyValue: { _id: 1 } },
        },
      },
    ],
  },
];

const COUNTS: readonly UnifiedTest[] = [
  {
    description: 'estimated and exact counts',
    operations: [
      call('estimatedDocumentCount', {}, 3),
      call('estimatedDocumentCount', { maxTimeMS: 6000 }, 3),
      call('countDocuments', { filter: {}, skip: 1, limit: 1 }, 1),
      call('count', { filter: { x: { $gt: 11 } } }, 2),
      call('distinct', { fieldName: 'x', filter: { _id: { $lt: 3 } } }, [11, 22]),
    ],
  },
  {
    description: 'the count that $collStats tells',
    operations: [
      call(
        'aggregate',
        {
          pipeline: [{ $collStats: { count: {} } }, { $group: { _id: 1, n: { $sum: '$count' } } }],
        },
        [{ _id: 1, n: 3 }],
      ),
      command(
        { aggregate: 'nowhere', pipeline: [{ $collStats: { count: {} } }], cursor: {} },
        fails(26),
      ),
    ],
  },
];

const CURSORS: readonly UnifiedTest[] = [
  {
    description: 'batches follow each other, with the comment on each',
    operations: [
      call('find', { filter: {}, batchSize: 1, sort: { _id: 1 }, comment: { why: 'test' } }, ITEMS),
      call('aggregate', { pipeline: [{ $sort: { _id: 1 } }], batchSize: 2, comment: 'why' }, ITEMS),
      call('find', { filter: {}, sort: { _id: -1 }, skip: 1, limit: 1 }, [ITEMS[1]]),
      call('find', { filter: {}, allowDiskUse: true, sort: { x: 1 } }, ITEMS),
      call('findOne', { filter: { _id: 2 }, projection: { _id: 0 } }, { x: 22 }),
    ],
  },
  {
    description: 'options that no server of this version knows are refused',
    operations: [
      command({ find: 'items', rawData: true }, fails(40415, 'rawData')),
      command(
        { update: 'items', updates: [{ q: {}, u: { $set: { a: 1 } }, sort: { x: 1 } }] },
        fails(40415, 'sort'),
      ),
    ],
  },
];

/** The operations of the drivers' CRUD API. */
export const crudOperations: readonly UnifiedTestFile[] = [
  caseFile(
    'core/document: _id null',
    [],
    NULL_ID_COMMANDS.map(([name, fields]) => ({
      description: `${name} with ${JSON.stringify(fields)} writes it`,
      operations: [command({ [name]: 'items', ...fields }, { ok: 1 }), NULL_ID],
    })),
  ),
  caseFile('reference/operator/meta/hint', ITEMS, hintTests()),
  caseFile('reference/command/find: let', ITEMS, letTests()),
  caseFile(
    'core/dot-dollar-considerations',
    ITEMS,
    DOLLARS.map(([description, operation, options, expected, after]) => ({
      description,
      operations: [call(operation, options, expected)],
      ...(after && { outcome: outcome(after) }),
    })),
  ),
  caseFile('reference/write-concern: w 0', ITEMS, unacknowledgedTests()),
  caseFile('reference/method/db.collection.bulkWrite', ITEMS, BULK),
  caseFile('core/index-unique', ITEMS, DUPLICATES),
  caseFile('reference/command/count', ITEMS, COUNTS),
  caseFile('reference/command/getMore', ITEMS, CURSORS),
];
