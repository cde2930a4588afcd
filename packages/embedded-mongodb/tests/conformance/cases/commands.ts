import { call, caseFile, command, commandFile, fails, outcome } from '../build-cases';
import type { UnifiedTestFile } from '../runner/schema';

const ITEMS = [
  { _id: 1, x: 11, words: 'red apples' },
  { _id: 2, x: 22, words: 'a green tree' },
];

const DUPLICATE = {
  n: 0,
  writeErrors: [
    {
      index: 0,
      code: 11000,
      errmsg:
        'E11000 duplicate key error collection: conformance.items index: _id_ dup key: { _id: 1 }',
      keyPattern: { _id: 1 },
      keyValue: { _id: 1 },
    },
  ],
  ok: 1,
};

/** Commands, sent as they are. */
export const commands: readonly UnifiedTestFile[] = [
  commandFile('reference/command: diagnostics', ITEMS, [
    [
      'hello',
      { hello: 1 },
      {
        isWritablePrimary: true,
        setName: { $$type: 'string' },
        maxWireVersion: 21,
        logicalSessionTimeoutMinutes: 30,
        ok: 1,
      },
    ],
    ['isMaster', { isMaster: 1 }, { ismaster: true, secondary: false }],
    ['ping', { ping: 1 }, { ok: 1 }],
    ['buildInfo', { buildInfo: 1 }, { version: { $$type: 'string' }, maxBsonObjectSize: 16777216 }],
    ['serverStatus', { serverStatus: 1 }, { version: { $$type: 'string' }, ok: 1 }],
    ['connectionStatus', { connectionStatus: 1 }, { authInfo: { $$type: 'object' } }],
    ['hostInfo', { hostInfo: 1 }, { system: { $$type: 'object' } }],
    ['whatsmyuri', { whatsmyuri: 1 }, { you: { $$type: 'string' } }],
    ['listCommands', { listCommands: 1 }, { commands: { $$type: 'object' } }],
    ['dbStats', { dbStats: 1 }, { db: 'conformance', ok: 1 }],
    ['collStats', { collStats: 'items' }, { ns: 'conformance.items', count: 2, nindexes: 1 }],
    ['validate', { validate: 'items' }, { valid: true, nrecords: 2 }],
    ['getLog outside admin', { getLog: 'global' }, fails(13)],
    ['an unknown command', { nope: 1 }, fails(59, "no such command: 'nope'")],
    [
      'an unknown field',
      { find: 'items', nope: 1 },
      fails(40415, "BSON field 'find.nope' is an unknown field"),
    ],
    ['a wrong type', { find: 'items', filter: 1 }, fails(14)],
    ['an invalid namespace', { find: '' }, fails(73)],
    ['a negative time limit', { find: 'items', maxTimeMS: -1 }, fails(2)],
  ]),
  commandFile('reference/command: reading', ITEMS, [
    [
      'find',
      { find: 'items', filter: { _id: 1 }, projection: { x: 1 } },
      { cursor: { id: 0, ns: 'conformance.items', firstBatch: [{ _id: 1, x: 11 }] } },
    ],
    [
      'find, one batch',
      { find: 'items', batchSize: 1, singleBatch: true, sort: { _id: 1 } },
      { cursor: { id: 0, ns: 'conformance.items', firstBatch: [ITEMS[0]] } },
    ],
    ['count', { count: 'items', query: { x: { $gt: 11 } } }, { n: 1 }],
    ['count with a negative limit', { count: 'items', limit: -1 }, { n: 1 }],
    ['distinct', { distinct: 'items', key: 'x' }, { values: [11, 22] }],
    [
      'aggregate without a cursor',
      { aggregate: 'items', pipeline: [] },
      fails(9, "The 'cursor' option is required"),
    ],
    [
      'explain',
      { explain: { find: 'items', filter: { _id: 1 } }, verbosity: 'queryPlanner' },
      { queryPlanner: { $$type: 'object' }, ok: 1 },
    ],
    ['getMore of a cursor that is not there', { getMore: 1, collection: 'items' }, fails(14)],
  ]),
  commandFile('reference/command: writing', ITEMS, [
    ['insert', { insert: 'items', documents: [{ _id: 3 }] }, { n: 1, ok: 1 }],
    ['insert of a duplicate', { insert: 'items', documents: [{ _id: 1 }] }, DUPLICATE],
    ['insert of nothing', { insert: 'items', documents: [] }, fails(16)],
    [
      'update',
      { update: 'items', updates: [{ q: { _id: 1 }, u: { $set: { x: 0 } } }] },
      { n: 1, nModified: 1 },
    ],
    [
      'update that upserts',
      { update: 'items', updates: [{ q: { _id: 9 }, u: { x: 0 }, upsert: true }] },
      { n: 1, nModified: 0, upserted: [{ index: 0, _id: 9 }] },
    ],
    [
      'update of many by a replacement',
      { update: 'items', updates: [{ q: {}, u: { x: 0 }, multi: true }] },
      {
        n: 0,
        writeErrors: [
          {
            index: 0,
            code: 9,
            errmsg: 'multi update is not supported for replacement-style update',
          },
        ],
      },
    ],
    ['delete', { delete: 'items', deletes: [{ q: {}, limit: 0 }] }, { n: 2 }],
    ['delete with another limit', { delete: 'items', deletes: [{ q: {}, limit: 2 }] }, fails(9)],
    [
      'findAndModify',
      {
        findAndModify: 'items',
        query: { _id: 1 },
        update: { $inc: { x: 1 } },
        new: true,
        fields: { x: 1 },
      },
      { value: { _id: 1, x: 12 }, lastErrorObject: { n: 1, updatedExisting: true } },
    ],
    [
      'findAndModify that removes',
      { findAndModify: 'items', sort: { _id: -1 }, remove: true },
      { value: ITEMS[1] },
    ],
    ['findAndModify without a deed', { findAndModify: 'items' }, fails(9)],
    [
      'a write concern of two members',
      { insert: 'items', documents: [{ _id: 3 }], writeConcern: { w: 2 } },
      fails(100),
    ],
  ]),
  caseFile('reference/command: administration', ITEMS, [
    {
      description: 'create, rename, list, drop',
      operations: [
        command({ drop: 'other' }, { ok: 1 }),
        command({ create: 'other' }, { ok: 1 }),
        command({ create: 'other', autoIndexId: true }, fails(48)),
        command(
          { listCollections: 1, filter: { name: 'other' }, nameOnly: true },
          {
            cursor: {
              id: 0,
              ns: 'conformance.$cmd.listCollections',
              firstBatch: [{ name: 'other', type: 'collection' }],
            },
          },
        ),
        command({ drop: 'other' }, { ns: 'conformance.other', nIndexesWas: 1 }),
        call('rename', { to: 'other', dropTarget: true }),
        command({ count: 'other' }, { n: 2 }),
        command({ count: 'items' }, { n: 0 }),
        command({ drop: 'other' }, { ok: 1 }),
      ],
    },
    {
      description: 'whether change streams would show images is kept and listed',
      operations: [
        command({ collMod: 'items', changeStreamPreAndPostImages: { enabled: true } }, { ok: 1 }),
        {
          name: 'listCollections',
          object: 'database',
          arguments: { filter: { name: 'items' } },
          expectResult: [
            { name: 'items', options: { changeStreamPreAndPostImages: { enabled: true } } },
          ],
        },
        command({ collMod: 'items', changeStreamPreAndPostImages: { enabled: false } }, { ok: 1 }),
        {
          name: 'listCollections',
          object: 'database',
          arguments: { filter: { name: 'items' } },
          expectResult: [{ name: 'items', options: {} }],
        },
        command({ collMod: 'nowhere', changeStreamPreAndPostImages: { enabled: true } }, fails(26)),
      ],
    },
    {
      description: 'indexes are made, listed, changed and dropped',
      operations: [
        command(
          { createIndexes: 'items', indexes: [{ key: { x: 1 }, name: 'x_1' }] },
          { numIndexesBefore: 1, numIndexesAfter: 2 },
        ),
        command(
          { createIndexes: 'items', indexes: [{ key: { x: 1 }, name: 'x_1' }] },
          { numIndexesAfter: 2, note: 'all indexes already exist' },
        ),
        command({ createIndexes: 'items', indexes: [{ key: { x: 1 }, name: 'y' }] }, fails(85)),
        command({ createIndexes: 'items', indexes: [{ key: { y: 1 }, name: 'x_1' }] }, fails(86)),
        command({ createIndexes: 'items', indexes: [{ key: { x: 0 }, name: 'x' }] }, fails(67)),
        command({ createIndexes: 'items', indexes: [{ key: { x: 1 } }] }, fails(9)),
        command(
          { createIndexes: 'items', indexes: [{ key: { x: 1 }, name: 'x', nope: 1 }] },
          fails(197),
        ),
        command(
          { listIndexes: 'items' },
          {
            cursor: {
              id: 0,
              ns: 'conformance.items',
              firstBatch: [
                { v: 2, key: { _id: 1 }, name: '_id_' },
                { v: 2, key: { x: 1 }, name: 'x_1' },
              ],
            },
          },
        ),
        command(
          { collMod: 'items', index: { name: 'x_1', hidden: true } },
          { hidden_old: false, hidden_new: true },
        ),
        command({ dropIndexes: 'items', index: '_id_' }, fails(72)),
        command({ dropIndexes: 'items', index: 'nope' }, fails(27)),
        command({ dropIndexes: 'items', index: 'x_1' }, { nIndexesWas: 2 }),
        command({ listIndexes: 'nowhere' }, fails(26)),
      ],
    },
    {
      description: 'a unique index is built over unique values only',
      operations: [
        call('updateMany', { filter: {}, update: { $set: { same: 1 } } }),
        command(
          { createIndexes: 'items', indexes: [{ key: { same: 1 }, name: 'same_1', unique: true }] },
          fails(11000),
        ),
        command(
          { createIndexes: 'items', indexes: [{ key: { x: 1 }, name: 'x_1', unique: true }] },
          { ok: 1 },
        ),
        call('insertOne', { document: { x: 11 } }, fails(11000, 'index: x_1 dup key: { x: 11 }')),
      ],
    },
    {
      description: 'text is searched through a text index',
      operations: [
        call('find', { filter: { $text: { $search: 'apple' } } }, fails(27, 'text index required')),
        call('createIndex', { keys: { words: 'text' } }),
        call('find', { filter: { $text: { $search: 'apple' } }, projection: { _id: 1 } }, [
          { _id: 1 },
        ]),
        call(
          'find',
          {
            filter: { $text: { $search: 'apple tree' } },
            sort: { _id: 1 },
            projection: { _id: 1 },
          },
          [{ _id: 1 }, { _id: 2 }],
        ),
        call('find', { filter: { $text: { $search: 'tree -green' } } }, []),
        call(
          'find',
          {
            filter: { $text: { $search: '"green tree"' } },
            projection: { _id: 1, score: { $meta: 'textScore' } },
          },
          [{ _id: 2, score: { $$type: 'double' } }],
        ),
      ],
    },
    {
      description: 'sessions are started, refreshed and ended',
      operations: [
        command({ startSession: 1 }, { id: { id: { $$type: 'binData' } }, timeoutMinutes: 30 }),
        command({ refreshSessions: [] }, { ok: 1 }),
        command({ killSessions: [] }, { ok: 1 }),
        command({ endSessions: [] }, { ok: 1 }),
        command({ killAllSessionsByPattern: [] }, { ok: 1 }),
        command({ commitTransaction: 1 }, fails(13)),
        command({ abortTransaction: 1 }, fails(13)),
      ],
    },
    {
      description: 'a dropped database is empty',
      operations: [
        { name: 'dropDatabase', object: 'database' },
        { name: 'listCollections', object: 'database', expectResult: [] },
      ],
      outcome: outcome([]),
    },
  ]),
];
