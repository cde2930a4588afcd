import type { Document } from 'mongodb';
import { call, caseFile, command, outcome } from '../build-cases';
import type { OperationDescription, UnifiedTest, UnifiedTestFile } from '../runner/schema';

const PAGE = 'core/retryable-writes';
const BEFORE = [
  { _id: 1, x: 11 },
  { _id: 2, x: 22 },
];

/** A write that a driver may send twice, its result, and the collection afterwards. */
interface RetryableCase {
  readonly operation: string;
  readonly commandName: string;
  readonly options: Document;
  readonly result: unknown;
  readonly after: readonly Document[];
}

const WRITES: readonly RetryableCase[] = [
  {
    operation: 'insertOne',
    commandName: 'insert',
    options: { document: { _id: 3, x: 33 } },
    result: { insertedId: 3 },
    after: [...BEFORE, { _id: 3, x: 33 }],
  },
  {
    operation: 'insertMany',
    commandName: 'insert',
    options: {
      documents: [
        { _id: 3, x: 33 },
        { _id: 4, x: 44 },
      ],
    },
    result: { insertedCount: 2, insertedIds: { 0: 3, 1: 4 } },
    after: [...BEFORE, { _id: 3, x: 33 }, { _id: 4, x: 44 }],
  },
  {
    operation: 'updateOne',
    commandName: 'update',
    options: { filter: { _id: 1 }, update: { $inc: { x: 1 } } },
    result: { matchedCount: 1, modifiedCount: 1, upsertedCount: 0 },
    after: [
      { _id: 1, x: 12 },
      { _id: 2, x: 22 },
    ],
  },
  {
    operation: 'updateOne',
    commandName: 'update',
    options: { filter: { _id: 3 }, update: { $inc: { x: 1 } }, upsert: true },
    result: { matchedCount: 0, modifiedCount: 0, upsertedCount: 1, upsertedId: 3 },
    after: [...BEFORE, { _id: 3, x: 1 }],
  },
  {
    operation: 'replaceOne',
    commandName: 'update',
    options: { filter: { _id: 1 }, replacement: { x: 111 } },
    result: { matchedCount: 1, modifiedCount: 1, upsertedCount: 0 },
    after: [
      { _id: 1, x: 111 },
      { _id: 2, x: 22 },
    ],
  },
  {
    operation: 'deleteOne',
    commandName: 'delete',
    options: { filter: { x: { $gt: 0 } } },
    result: { deletedCount: 1 },
    after: [{ _id: 2, x: 22 }],
  },
  {
    operation: 'findOneAndDelete',
    commandName: 'findAndModify',
    options: { filter: { x: { $gte: 11 } }, sort: { x: 1 } },
    result: { _id: 1, x: 11 },
    after: [{ _id: 2, x: 22 }],
  },
  {
    operation: 'findOneAndReplace',
    commandName: 'findAndModify',
    options: { filter: { _id: 1 }, replacement: { x: 111 }, returnDocument: 'Before' },
    result: { _id: 1, x: 11 },
    after: [
      { _id: 1, x: 111 },
      { _id: 2, x: 22 },
    ],
  },
  {
    operation: 'findOneAndUpdate',
    commandName: 'findAndModify',
    options: { filter: { _id: 1 }, update: { $inc: { x: 1 } }, returnDocument: 'After' },
    result: { _id: 1, x: 12 },
    after: [
      { _id: 1, x: 12 },
      { _id: 2, x: 22 },
    ],
  },
  {
    operation: 'bulkWrite',
    commandName: 'insert',
    options: {
      requests: [
        { insertOne: { document: { _id: 3, x: 33 } } },
        { updateOne: { filter: { _id: 1 }, update: { $inc: { x: 1 } } } },
        { deleteOne: { filter: { _id: 2 } } },
      ],
    },
    result: { insertedCount: 1, matchedCount: 1, modifiedCount: 1, deletedCount: 1 },
    after: [
      { _id: 1, x: 12 },
      { _id: 3, x: 33 },
    ],
  },
];

function failPoint(
  configureFailPoint: string,
  mode: unknown,
  data?: Document,
): OperationDescription {
  const setting = { configureFailPoint, mode, ...(data && { data }) };
  return {
    name: 'failPoint',
    object: 'testRunner',
    arguments: { client: 'client', failPoint: setting },
  };
}

/** The codes after which a write may be sent again ("Retryable Writes", "Error Labels"). */
const RETRYABLE_CODES = [
  ['InterruptedAtShutdown', 11600],
  ['InterruptedDueToReplStateChange', 11602],
  ['NotWritablePrimary', 10107],
  ['NotPrimaryNoSecondaryOk', 13435],
  ['NotPrimaryOrSecondary', 13436],
  ['PrimarySteppedDown', 189],
  ['ShutdownInProgress', 91],
  ['HostNotFound', 7],
  ['HostUnreachable', 6],
  ['NetworkTimeout', 89],
  ['SocketException', 9001],
  ['ExceededTimeLimit', 262],
  ['ReadConcernMajorityNotAvailableYet', 134],
] as const;

function retriedAfterLostAnswer(write: RetryableCase): UnifiedTest {
  return {
    description: `${write.operation} ${JSON.stringify(write.options)}, when its answer is lost, is made once`,
    operations: [
      failPoint('onPrimaryTransactionalWrite', { times: 1 }),
      call(write.operation, write.options, write.result),
    ],
    outcome: outcome(write.after),
  };
}

function retriedAfterFailure(write: RetryableCase): UnifiedTest {
  return {
    description: `${write.operation} ${JSON.stringify(write.options)}, when it failed before it was made, is made by the second try`,
    operations: [
      failPoint('onPrimaryTransactionalWrite', { times: 1 }, { failBeforeCommitExceptionCode: 1 }),
      call(write.operation, write.options, write.result),
    ],
    outcome: outcome(write.after),
  };
}

function failsTwice(write: RetryableCase): UnifiedTest {
  const failed = { name: write.operation, object: 'collection', arguments: write.options };
  return {
    description: `${write.operation} ${JSON.stringify(write.options)}, when it fails twice, is not made`,
    operations: [
      failPoint('onPrimaryTransactionalWrite', { times: 2 }, { failBeforeCommitExceptionCode: 1 }),
      { ...failed, expectError: { isError: true, errorContains: 'closed' } },
    ],
    outcome: outcome(BEFORE),
  };
}

function labelled(write: RetryableCase): UnifiedTest {
  const failed = { name: write.operation, object: 'collection', arguments: write.options };
  return {
    description: `${write.operation} ${JSON.stringify(write.options)}, when it fails with other codes, bears no label`,
    operations: [
      failPoint(
        'failCommand',
        { times: 1 },
        { failCommands: [write.commandName], errorCode: 11601 },
      ),
      { ...failed, expectError: { errorCode: 11601, errorLabelsOmit: ['RetryableWriteError'] } },
    ],
    outcome: outcome(BEFORE),
  };
}

function codeTests(write: RetryableCase): UnifiedTest[] {
  return RETRYABLE_CODES.flatMap(([name, errorCode]) => {
    const data = { failCommands: [write.commandName], errorCode };
    const failed = { name: write.operation, object: 'collection', arguments: write.options };
    return [
      {
        description: `${write.operation}, after one ${name}, succeeds`,
        operations: [
          failPoint('failCommand', { times: 1 }, data),
          call(write.operation, write.options, write.result),
        ],
        outcome: outcome(write.after),
      },
      {
        description: `${write.operation}, after two ${name}, fails with the label RetryableWriteError`,
        operations: [
          failPoint('failCommand', { times: 2 }, data),
          {
            ...failed,
            expectError: {
              errorCode,
              errorCodeName: name,
              errorLabelsContain: ['RetryableWriteError'],
            },
          },
        ],
        outcome: outcome(BEFORE),
      },
    ];
  });
}

function concernErrorTests(write: RetryableCase): UnifiedTest[] {
  const struck = (code: number, extra: Document = {}): OperationDescription =>
    failPoint(
      'failCommand',
      { times: 1 },
      {
        failCommands: [write.commandName],
        writeConcernError: { code, errmsg: 'injected' },
        ...extra,
      },
    );
  const started = { commandStartedEvent: { commandName: write.commandName } };
  return [
    {
      description: `${write.operation}, after a write concern error that may be retried, is answered again`,
      operations: [struck(91), call(write.operation, write.options, write.result)],
      expectEvents: [{ client: 'client', events: [started, started] }],
      outcome: outcome(write.after),
    },
    {
      description: `${write.operation}, after a write concern error that may not, fails though it was made`,
      operations: [
        struck(64),
        {
          name: write.operation,
          object: 'collection',
          arguments: write.options,
          expectError: { errorCode: 64, errorLabelsOmit: ['RetryableWriteError'] },
        },
      ],
      expectEvents: [{ client: 'client', events: [started] }],
      outcome: outcome(write.after),
    },
    {
      description: `${write.operation}, when the fail point names labels, bears those`,
      operations: [
        failPoint(
          'failCommand',
          { times: 1 },
          {
            failCommands: [write.commandName],
            errorCode: 112,
            errorLabels: ['RetryableWriteError'],
          },
        ),
        call(write.operation, write.options, write.result),
      ],
      expectEvents: [{ client: 'client', events: [started, started] }],
      outcome: outcome(write.after),
    },
  ];
}

const writeTests = WRITES.flatMap((write) => [
  retriedAfterLostAnswer(write),
  retriedAfterFailure(write),
  failsTwice(write),
  labelled(write),
]);

const detailedTests = WRITES.filter(({ operation }) =>
  ['insertOne', 'findOneAndUpdate'].includes(operation),
);

const multiTests: UnifiedTest[] = [
  ['updateMany', 'update', { filter: {}, update: { $inc: { x: 1 } } }],
  ['deleteMany', 'delete', { filter: {} }],
].map(([name, commandName, options]) => ({
  description: `${name as string} is not retried: its command bears no number`,
  operations: [call(name as string, options as Document)],
  expectEvents: [
    {
      client: 'client',
      events: [
        { commandStartedEvent: { commandName, command: { txnNumber: { $$exists: false } } } },
      ],
    },
  ],
}));

const manyCommands: UnifiedTest = {
  description: 'a bulk write of five commands, when each answer is lost, makes each once',
  operations: [
    failPoint('onPrimaryTransactionalWrite', { times: 5 }),
    call(
      'bulkWrite',
      {
        requests: [
          { insertOne: { document: { _id: 3, x: 33 } } },
          { updateOne: { filter: { _id: 3 }, update: { $inc: { x: 1 } } } },
          { insertOne: { document: { _id: 4, x: 44 } } },
          { updateOne: { filter: { _id: 5 }, update: { $inc: { x: 1 } }, upsert: true } },
          { deleteOne: { filter: { _id: 4 } } },
        ],
      },
      { insertedCount: 2, matchedCount: 1, modifiedCount: 1, deletedCount: 1, upsertedCount: 1 },
    ),
  ],
  outcome: outcome([...BEFORE, { _id: 3, x: 34 }, { _id: 5, x: 1 }]),
};

const laterCommand: UnifiedTest = {
  description: 'a bulk write, when its second command fails for good, keeps what the first made',
  operations: [
    failPoint('onPrimaryTransactionalWrite', { skip: 1 }, { failBeforeCommitExceptionCode: 1 }),
    {
      name: 'bulkWrite',
      object: 'collection',
      arguments: {
        requests: [
          { insertOne: { document: { _id: 3, x: 33 } } },
          { deleteOne: { filter: { _id: 1 } } },
        ],
      },
      expectError: { isError: true },
    },
  ],
  outcome: outcome([...BEFORE, { _id: 3, x: 33 }]),
};

/** Writes that are retried after lost answers and passing errors are made exactly once. */
export const retryableWrites: readonly UnifiedTestFile[] = [
  caseFile(PAGE, BEFORE, [...writeTests, ...multiTests, manyCommands, laterCommand]),
  ...detailedTests.map((write) =>
    caseFile(`${PAGE}: ${write.operation}`, BEFORE, [
      ...codeTests(write),
      ...concernErrorTests(write),
    ]),
  ),
  caseFile('reference/command/configureFailPoint', BEFORE, [
    {
      description: 'a closed connection is an error of the network',
      operations: [
        failPoint('failCommand', { times: 1 }, { failCommands: ['ping'], closeConnection: true }),
        {
          name: 'runCommand',
          object: 'database',
          arguments: { commandName: 'ping', command: { ping: 1 } },
          expectError: { isClientError: true },
        },
        command({ ping: 1 }, { ok: 1 }),
      ],
    },
    {
      description: 'a failure that is skipped once strikes the second command',
      operations: [
        failPoint('failCommand', { skip: 1 }, { failCommands: ['ping'], errorCode: 2 }),
        command({ ping: 1 }, { ok: 1 }),
        {
          name: 'runCommand',
          object: 'database',
          arguments: { commandName: 'ping', command: { ping: 1 } },
          expectError: { errorCode: 2, errorCodeName: 'BadValue', errorContains: 'failCommand' },
        },
      ],
    },
    {
      description: 'a failure for another application does not strike',
      operations: [
        failPoint('failCommand', 'alwaysOn', {
          failCommands: ['ping'],
          errorCode: 2,
          appName: 'other',
        }),
        command({ ping: 1 }, { ok: 1 }),
      ],
    },
    {
      description: 'a stalled command is answered all the same',
      operations: [
        failPoint(
          'failCommand',
          { times: 1 },
          { failCommands: ['find'], blockConnection: true, blockTimeMS: 20 },
        ),
        call('find', { filter: {} }, BEFORE),
      ],
    },
  ]),
];
