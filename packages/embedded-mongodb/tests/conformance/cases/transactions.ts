import type { Document } from 'mongodb';
import { outcome } from '../build-cases';
import type {
  EntityDescription,
  ExpectedError,
  OperationDescription,
  UnifiedTest,
  UnifiedTestFile,
} from '../runner/schema';

const PAGE = 'core/transactions';
const BEFORE = [
  { _id: 1, x: 11 },
  { _id: 2, x: 22 },
];

const ENTITIES: readonly EntityDescription[] = [
  { client: { id: 'client', observeEvents: ['commandStartedEvent'] } },
  { database: { id: 'database', client: 'client', databaseName: 'conformance' } },
  { collection: { id: 'collection', database: 'database', collectionName: 'items' } },
  { session: { id: 'one', client: 'client' } },
  { session: { id: 'two', client: 'client' } },
];

function file(description: string, tests: readonly UnifiedTest[]): UnifiedTestFile {
  return {
    description,
    schemaVersion: '1.3',
    createEntities: ENTITIES,
    initialData: [{ databaseName: 'conformance', collectionName: 'items', documents: BEFORE }],
    tests,
  };
}

function act(
  object: string,
  name: string,
  options: Document = {},
  expectation: Partial<OperationDescription> = {},
): OperationDescription {
  return { object, name, arguments: options, ...expectation };
}

const start = (session = 'one', options: Document = {}) =>
  act(session, 'startTransaction', options);
const commit = (session = 'one', expectError?: ExpectedError) =>
  act(session, 'commitTransaction', {}, expectError && { expectError });
const abort = (session = 'one') => act(session, 'abortTransaction');
const insert = (_id: number, session?: string, expectError?: ExpectedError) =>
  act(
    'collection',
    'insertOne',
    { document: { _id }, ...(session && { session }) },
    expectError ? { expectError } : { expectResult: { insertedId: _id } },
  );

function failCommand(
  failCommands: readonly string[],
  data: Document,
  mode: unknown = { times: 1 },
) {
  return act('testRunner', 'failPoint', {
    client: 'client',
    failPoint: { configureFailPoint: 'failCommand', mode, data: { failCommands, ...data } },
  });
}

const TRANSIENT: ExpectedError = {
  errorLabelsContain: ['TransientTransactionError'],
  errorLabelsOmit: ['UnknownTransactionCommitResult', 'RetryableWriteError'],
};
const UNKNOWN_RESULT: ExpectedError = {
  errorLabelsContain: ['UnknownTransactionCommitResult'],
  errorLabelsOmit: ['TransientTransactionError'],
};
const NO_LABEL: ExpectedError = {
  errorLabelsOmit: ['TransientTransactionError', 'UnknownTransactionCommitResult'],
};

/** What each operation sees and does within a transaction. */
const OPERATIONS: readonly (readonly [string, Document, unknown, (readonly Document[])?])[] = [
  ['find', { filter: {}, batchSize: 1 }, BEFORE],
  ['aggregate', { pipeline: [{ $project: { _id: 1 } }], batchSize: 1 }, [{ _id: 1 }, { _id: 2 }]],
  ['distinct', { fieldName: 'x' }, [11, 22]],
  ['countDocuments', { filter: { _id: { $gt: 1 } } }, 1],
  ['findOne', { filter: { _id: 2 } }, { _id: 2, x: 22 }],
  [
    'insertMany',
    { documents: [{ _id: 3 }, { _id: 4 }] },
    { insertedCount: 2 },
    [...BEFORE, { _id: 3 }, { _id: 4 }],
  ],
  [
    'updateOne',
    { filter: { _id: 1 }, update: { $inc: { x: 1 } } },
    { modifiedCount: 1 },
    [{ _id: 1, x: 12 }, BEFORE[1]!],
  ],
  [
    'updateMany',
    { filter: {}, update: { $set: { x: 0 } } },
    { modifiedCount: 2 },
    [
      { _id: 1, x: 0 },
      { _id: 2, x: 0 },
    ],
  ],
  [
    'updateOne',
    { filter: { _id: 3 }, update: { $set: { x: 1 } }, upsert: true },
    { upsertedId: 3 },
    [...BEFORE, { _id: 3, x: 1 }],
  ],
  [
    'replaceOne',
    { filter: { _id: 1 }, replacement: { y: 1 } },
    { modifiedCount: 1 },
    [{ _id: 1, y: 1 }, BEFORE[1]!],
  ],
  ['deleteOne', { filter: { _id: 1 } }, { deletedCount: 1 }, [BEFORE[1]!]],
  ['deleteMany', { filter: {} }, { deletedCount: 2 }, []],
  ['findOneAndDelete', { filter: { _id: 1 } }, { _id: 1, x: 11 }, [BEFORE[1]!]],
  [
    'findOneAndUpdate',
    { filter: { _id: 1 }, update: { $inc: { x: 1 } }, returnDocument: 'After' },
    { x: 12 },
    [{ _id: 1, x: 12 }, BEFORE[1]!],
  ],
  [
    'findOneAndReplace',
    { filter: { _id: 1 }, replacement: { x: 0 } },
    { x: 11 },
    [{ _id: 1, x: 0 }, BEFORE[1]!],
  ],
  [
    'bulkWrite',
    {
      requests: [
        { insertOne: { document: { _id: 3 } } },
        { deleteOne: { filter: { _id: 1 } } },
        { updateMany: { filter: {}, update: { $set: { x: 0 } } } },
      ],
    },
    { insertedCount: 1, deletedCount: 1, modifiedCount: 2 },
    [
      { _id: 2, x: 0 },
      { _id: 3, x: 0 },
    ],
  ],
];

const operationTests = OPERATIONS.flatMap(([name, options, expectResult, after]): UnifiedTest[] => {
  const inTransaction = act('collection', name, { ...options, session: 'one' }, { expectResult });
  return [
    {
      description: `${name} ${JSON.stringify(options)} takes effect with the commit`,
      operations: [
        start(),
        inTransaction,
        act('collection', 'find', { filter: {} }, { expectResult: BEFORE }),
        commit(),
      ],
      outcome: outcome(after ?? BEFORE),
    },
    {
      description: `${name} ${JSON.stringify(options)} leaves nothing behind when aborted`,
      operations: [start(), inTransaction, abort()],
      outcome: outcome(BEFORE),
    },
  ];
});

const lifecycle: UnifiedTest[] = [
  {
    description: 'a commit may be repeated, with write concern majority from then on',
    operations: [start(), insert(3, 'one'), commit(), commit(), commit()],
    expectEvents: [
      {
        client: 'client',
        events: [
          {
            commandStartedEvent: {
              commandName: 'insert',
              command: {
                startTransaction: true,
                autocommit: false,
                lsid: { $$sessionLsid: 'one' },
              },
            },
          },
          {
            commandStartedEvent: {
              commandName: 'commitTransaction',
              databaseName: 'admin',
              command: { writeConcern: { $$exists: false } },
            },
          },
          {
            commandStartedEvent: {
              commandName: 'commitTransaction',
              command: { writeConcern: { w: 'majority', wtimeout: 10000 } },
            },
          },
          {
            commandStartedEvent: {
              commandName: 'commitTransaction',
              command: { writeConcern: { w: 'majority', wtimeout: 10000 } },
            },
          },
        ],
      },
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
  {
    description: 'the states of a session',
    operations: [
      act('testRunner', 'assertSessionTransactionState', { session: 'one', state: 'none' }),
      start(),
      act('testRunner', 'assertSessionTransactionState', { session: 'one', state: 'starting' }),
      insert(3, 'one'),
      act('testRunner', 'assertSessionTransactionState', { session: 'one', state: 'in_progress' }),
      commit(),
      act('testRunner', 'assertSessionTransactionState', { session: 'one', state: 'committed' }),
      start(),
      insert(4, 'one'),
      abort(),
      act('testRunner', 'assertSessionTransactionState', { session: 'one', state: 'aborted' }),
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
  {
    description: 'a write concern that one member cannot satisfy is an error after the commit',
    operations: [
      start('one', { writeConcern: { w: 10 } }),
      insert(3, 'one'),
      commit('one', { errorCode: 100, ...NO_LABEL }),
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
  {
    description: 'an ended session takes its transaction along',
    operations: [start(), insert(3, 'one'), act('one', 'endSession'), insert(3)],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
  {
    description: 'each level of read concern is taken, others are not',
    operations: [
      ...['local', 'majority', 'snapshot'].flatMap((level) => [
        start('one', { readConcern: { level } }),
        act('collection', 'find', { filter: {}, session: 'one' }, { expectResult: BEFORE }),
        commit(),
      ]),
      start('one', { readConcern: { level: 'linearizable' } }),
      act(
        'collection',
        'find',
        { filter: {}, session: 'one' },
        { expectError: { errorCode: 72, errorCodeName: 'InvalidOptions' } },
      ),
      abort(),
    ],
  },
  {
    description: 'a transaction sees one state from its first operation on',
    operations: [
      start('one', { readConcern: { level: 'snapshot' } }),
      act('collection', 'findOne', { filter: { _id: 3 }, session: 'one' }, { expectResult: null }),
      insert(3),
      act('collection', 'findOne', { filter: { _id: 3 }, session: 'one' }, { expectResult: null }),
      act('collection', 'countDocuments', { filter: {}, session: 'one' }, { expectResult: 2 }),
      commit(),
      act(
        'collection',
        'findOne',
        { filter: { _id: 3 }, session: 'one' },
        { expectResult: { _id: 3 } },
      ),
    ],
  },
];

const conflicts: UnifiedTest[] = [
  {
    description: 'the second of two writers of one key gets WriteConflict at once',
    operations: [
      start(),
      insert(3, 'one'),
      start('two'),
      insert(3, 'two', { errorCode: 112, errorCodeName: 'WriteConflict', ...TRANSIENT }),
      commit(),
      commit('two', { errorCodeName: 'NoSuchTransaction', ...TRANSIENT }),
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
  {
    description: 'a write on a document that changed since the snapshot gets WriteConflict',
    operations: [
      start('one', { readConcern: { level: 'snapshot' } }),
      act('collection', 'findOne', { filter: { _id: 1 }, session: 'one' }),
      act('collection', 'updateOne', { filter: { _id: 1 }, update: { $inc: { x: 1 } } }),
      act(
        'collection',
        'updateOne',
        { filter: { _id: 1 }, update: { $inc: { x: 1 } }, session: 'one' },
        { expectError: { errorCodeName: 'WriteConflict', ...TRANSIENT } },
      ),
      abort(),
    ],
    outcome: outcome([{ _id: 1, x: 12 }, BEFORE[1]!]),
  },
  {
    description: 'a duplicate key ends the transaction without a label',
    operations: [
      start(),
      act(
        'collection',
        'insertMany',
        { documents: [{ _id: 3 }, { _id: 3 }], session: 'one' },
        { expectError: { errorCode: 11000, ...NO_LABEL } },
      ),
      insert(4, 'one', { errorCodeName: 'NoSuchTransaction', ...TRANSIENT }),
      abort(),
    ],
    outcome: outcome(BEFORE),
  },
];

const TRANSIENT_CODES = [10107, 112, 251, 91, 189, 11600, 11602, 13435, 13436, 6, 7, 89, 262, 134];

const labels: UnifiedTest[] = [
  ...TRANSIENT_CODES.map((errorCode) => ({
    description: `error ${errorCode} in a transaction is transient`,
    operations: [
      failCommand(['insert'], { errorCode }),
      start(),
      insert(3, 'one', { errorCode, ...TRANSIENT }),
      abort(),
    ],
    outcome: outcome(BEFORE),
  })),
  {
    description: 'another error is not',
    operations: [
      failCommand(['insert'], { errorCode: 51 }),
      start(),
      insert(3, 'one', { errorCode: 51, ...NO_LABEL }),
      abort(),
    ],
  },
  {
    description: 'a lost connection is transient',
    operations: [
      failCommand(['insert'], { closeConnection: true }),
      start(),
      insert(3, 'one', TRANSIENT),
      abort(),
    ],
  },
  {
    description: 'at the commit, NoSuchTransaction is transient',
    operations: [
      failCommand(['commitTransaction'], { errorCode: 251 }),
      start(),
      insert(3, 'one'),
      commit('one', { errorCode: 251, ...TRANSIENT }),
    ],
  },
  ...[10107, 91, 64, 50].map((errorCode) => ({
    description: `at the commit, error ${errorCode} twice leaves the outcome unknown, and a further commit tells it`,
    operations: [
      failCommand(['commitTransaction'], { errorCode }, { times: 2 }),
      start(),
      insert(3, 'one'),
      act('one', 'commitTransaction', {}, { ignoreResultAndError: true }),
      act('one', 'commitTransaction', {}, { ignoreResultAndError: true }),
      commit(),
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  })),
  {
    description: 'a commit whose answers are lost twice has an unknown outcome',
    operations: [
      failCommand(['commitTransaction'], { closeConnection: true }, { times: 2 }),
      start(),
      insert(3, 'one'),
      commit('one', UNKNOWN_RESULT),
      commit(),
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
  {
    description: 'a commit that fails once in passing is retried by the driver',
    operations: [
      failCommand(['commitTransaction'], { errorCode: 11602 }),
      start(),
      insert(3, 'one'),
      commit(),
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
  {
    description: 'a write concern error of the commit that may pass is retried',
    operations: [
      failCommand(['commitTransaction'], {
        writeConcernError: { code: 91, errmsg: 'injected' },
        errorLabels: ['RetryableWriteError'],
      }),
      start(),
      insert(3, 'one'),
      commit(),
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
  {
    description: 'a write concern timeout leaves the outcome unknown',
    operations: [
      failCommand(['commitTransaction'], {
        writeConcernError: { code: 64, errmsg: 'injected', errInfo: { wtimeout: true } },
      }),
      start(),
      insert(3, 'one'),
      commit('one', { errorCode: 64, ...UNKNOWN_RESULT }),
      commit(),
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
  {
    description: 'a write concern error before the commit leaves the transaction as it is',
    operations: [
      failCommand(['insert'], { writeConcernError: { code: 91, errmsg: 'injected' } }),
      start(),
      insert(3, 'one', {
        errorCode: 91,
        errorLabelsOmit: ['TransientTransactionError', 'RetryableWriteError'],
      }),
      commit(),
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
  {
    description: 'an abort that fails is not heard of',
    operations: [
      failCommand(['abortTransaction'], { errorCode: 10107 }, { times: 2 }),
      start(),
      insert(3, 'one'),
      abort(),
    ],
    outcome: outcome(BEFORE),
  },
];

const convenient: UnifiedTest[] = [
  {
    description: 'withTransaction commits what the callback did',
    operations: [act('one', 'withTransaction', { callback: [insert(3, 'one'), insert(4, 'one')] })],
    outcome: outcome([...BEFORE, { _id: 3 }, { _id: 4 }]),
  },
  {
    description: 'withTransaction runs the callback again after a transient error',
    operations: [
      failCommand(['commitTransaction'], { errorCode: 251 }, { times: 2 }),
      act('one', 'withTransaction', { callback: [insert(3, 'one')] }),
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
  {
    description: 'withTransaction commits again while the outcome is unknown',
    operations: [
      failCommand(['commitTransaction'], { closeConnection: true }, { times: 2 }),
      act('one', 'withTransaction', { callback: [insert(3, 'one')] }),
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
  {
    description: 'withTransaction takes the options of the transaction',
    operations: [
      act('one', 'withTransaction', {
        readConcern: { level: 'snapshot' },
        writeConcern: { w: 1 },
        maxCommitTimeMS: 60_000,
        callback: [insert(3, 'one')],
      }),
    ],
    expectEvents: [
      {
        client: 'client',
        events: [
          {
            commandStartedEvent: {
              commandName: 'insert',
              command: { readConcern: { level: 'snapshot' } },
            },
          },
          {
            commandStartedEvent: {
              commandName: 'commitTransaction',
              command: {
                writeConcern: { w: 1, wtimeout: { $$unsetOrMatches: 10_000 } },
                maxTimeMS: 60_000,
              },
            },
          },
        ],
      },
    ],
  },
];

const refused = (command: Document, expectError: ExpectedError): OperationDescription[] => [
  start(),
  act(
    'database',
    'runCommand',
    { commandName: Object.keys(command)[0], command, session: 'one' },
    { expectError },
  ),
  abort(),
];

const commands: UnifiedTest[] = [
  {
    description: 'a collection and its indexes may be created',
    operations: [
      act('database', 'dropCollection', { collection: 'created' }),
      start(),
      act('database', 'createCollection', { collection: 'created', session: 'one' }),
      act('testRunner', 'assertCollectionNotExists', {
        databaseName: 'conformance',
        collectionName: 'created',
      }),
      commit(),
      act('testRunner', 'assertCollectionExists', {
        databaseName: 'conformance',
        collectionName: 'created',
      }),
      act('database', 'dropCollection', { collection: 'created' }),
    ],
  },
  {
    description: 'an index on a collection of the same transaction is there after the commit',
    operations: [
      act('testRunner', 'createEntities', {
        entities: [
          { collection: { id: 'created', database: 'database', collectionName: 'created' } },
        ],
      }),
      act('database', 'dropCollection', { collection: 'created' }),
      start(),
      act('created', 'createIndex', { keys: { x: 1 }, name: 'by_x', session: 'one' }),
      act('testRunner', 'assertIndexNotExists', {
        databaseName: 'conformance',
        collectionName: 'created',
        indexName: 'by_x',
      }),
      commit(),
      act('testRunner', 'assertIndexExists', {
        databaseName: 'conformance',
        collectionName: 'created',
        indexName: 'by_x',
      }),
      act('database', 'dropCollection', { collection: 'created' }),
    ],
  },
  {
    description: 'commands that cannot run in a transaction are refused',
    operations: [
      ...refused(
        { count: 'items' },
        { errorCodeName: 'OperationNotSupportedInTransaction', ...NO_LABEL },
      ),
      ...refused({ drop: 'items' }, { errorCodeName: 'OperationNotSupportedInTransaction' }),
      ...refused({ listCollections: 1 }, { errorCode: 263 }),
      ...refused({ collStats: 'items' }, { errorCode: 263 }),
      ...refused({ aggregate: 'items', pipeline: [{ $out: 'o' }], cursor: {} }, { errorCode: 263 }),
    ],
  },
  {
    description: 'any command may run by runCommand',
    operations: [
      start(),
      act(
        'database',
        'runCommand',
        {
          commandName: 'insert',
          command: { insert: 'items', documents: [{ _id: 3 }] },
          session: 'one',
        },
        { expectResult: { n: 1 } },
      ),
      act(
        'database',
        'runCommand',
        { commandName: 'find', command: { find: 'items', filter: { _id: 3 } }, session: 'one' },
        { expectResult: { cursor: { id: 0, ns: 'conformance.items', firstBatch: [{ _id: 3 }] } } },
      ),
      commit(),
    ],
    outcome: outcome([...BEFORE, { _id: 3 }]),
  },
];

/** Multi-document transactions. */
export const transactions: readonly UnifiedTestFile[] = [
  file(`${PAGE}-operations`, operationTests),
  file(PAGE, lifecycle),
  file(`${PAGE}-production-consideration: write conflicts`, conflicts),
  file(`${PAGE}: error labels`, labels),
  file(`${PAGE}-in-applications: withTransaction`, convenient),
  file(`${PAGE}-operations: commands`, commands),
];
