import type { Document } from 'mongodb';
import { outcome } from '../build-cases';
import type { EntityDescription, OperationDescription, UnifiedTestFile } from '../runner/schema';

const BEFORE = [
  { _id: 1, x: 11 },
  { _id: 2, x: 11 },
];

function act(
  object: string,
  name: string,
  options: Document = {},
  expectation: Partial<OperationDescription> = {},
): OperationDescription {
  return { object, name, arguments: options, ...expectation };
}

function file(
  description: string,
  sessionOptions: Document,
  tests: UnifiedTestFile['tests'],
): UnifiedTestFile {
  const entities: EntityDescription[] = [
    { client: { id: 'client', observeEvents: ['commandStartedEvent'] } },
    { database: { id: 'database', client: 'client', databaseName: 'conformance' } },
    { collection: { id: 'collection', database: 'database', collectionName: 'items' } },
    { session: { id: 'one', client: 'client', sessionOptions } },
    { session: { id: 'two', client: 'client', sessionOptions } },
  ];
  return {
    description,
    schemaVersion: '1.0',
    createEntities: entities,
    initialData: [{ databaseName: 'conformance', collectionName: 'items', documents: BEFORE }],
    tests,
  };
}

const increment = act('collection', 'findOneAndUpdate', {
  filter: { _id: 1 },
  update: { $inc: { x: 1 } },
});

const find = (session: string | undefined, x: number): OperationDescription =>
  act(
    'collection',
    'find',
    { filter: { _id: 1 }, ...(session && { session }) },
    { expectResult: [{ _id: 1, x }] },
  );
const distinct = (session: string, expectResult: readonly number[]): OperationDescription =>
  act('collection', 'distinct', { fieldName: 'x', filter: {}, session }, { expectResult });
const aggregate = (session: string, x: number): OperationDescription =>
  act(
    'collection',
    'aggregate',
    { pipeline: [{ $match: { _id: 1 } }], session },
    { expectResult: [{ _id: 1, x }] },
  );

const INVALID = { expectError: { isClientError: false, errorCode: 72 } } as const;

/** Logical sessions, snapshot reads, causal consistency. */
export const sessions: readonly UnifiedTestFile[] = [
  file('reference/read-concern-snapshot', { snapshot: true }, [
    {
      description: 'each session keeps the state of its first read',
      operations: [
        find('one', 11),
        increment,
        find('two', 12),
        increment,
        find(undefined, 13),
        find('one', 11),
        find('two', 12),
      ],
      expectEvents: [
        {
          client: 'client',
          ignoreExtraEvents: true,
          events: [
            {
              commandStartedEvent: {
                command: { readConcern: { level: 'snapshot', atClusterTime: { $$exists: false } } },
              },
            },
          ],
        },
      ],
    },
    {
      description: 'distinct and aggregate read it too',
      operations: [
        distinct('one', [11]),
        increment,
        aggregate('two', 12),
        increment,
        distinct('one', [11]),
        distinct('two', [12, 11]),
        aggregate('one', 11),
        find('one', 11),
      ],
    },
    {
      description: 'writes and other commands take no snapshot',
      operations: [
        act(
          'collection',
          'insertOne',
          { document: { _id: 3 }, session: 'one' },
          { expectError: { isError: true } },
        ),
        act('collection', 'listIndexes', { session: 'one' }, INVALID),
        act('database', 'listCollections', { session: 'one' }, INVALID),
        act('client', 'listDatabases', { session: 'one' }, INVALID),
        act(
          'database',
          'runCommand',
          { commandName: 'listCollections', command: { listCollections: 1 }, session: 'one' },
          INVALID,
        ),
      ],
      outcome: outcome(BEFORE),
    },
  ]),
  file('core/read-isolation-consistency-recency: causal consistency', {}, [
    {
      description: 'a read after a write waits for its time',
      operations: [
        act('collection', 'updateOne', {
          filter: { _id: 1 },
          update: { $set: { x: 0 } },
          session: 'one',
        }),
        find('one', 0),
      ],
      expectEvents: [
        {
          client: 'client',
          events: [
            { commandStartedEvent: { commandName: 'update' } },
            {
              commandStartedEvent: {
                commandName: 'find',
                command: { readConcern: { afterClusterTime: { $$type: 'timestamp' } } },
              },
            },
          ],
        },
      ],
    },
  ]),
  file('reference/server-sessions', {}, [
    {
      description: 'a session that lost its connection is not used again',
      operations: [
        act('testRunner', 'failPoint', {
          client: 'client',
          failPoint: {
            configureFailPoint: 'failCommand',
            mode: { times: 2 },
            data: { failCommands: ['insert'], closeConnection: true },
          },
        }),
        act('testRunner', 'assertSessionNotDirty', { session: 'one' }),
        act(
          'collection',
          'insertOne',
          { document: { _id: 3 }, session: 'one' },
          { expectError: { isError: true } },
        ),
        act('testRunner', 'assertSessionDirty', { session: 'one' }),
        act('one', 'endSession'),
        act('collection', 'find', { filter: { _id: -1 } }, { expectResult: [] }),
        act('testRunner', 'assertDifferentLsidOnLastTwoCommands', { client: 'client' }),
      ],
      outcome: outcome(BEFORE),
    },
    {
      description: 'a client that closes takes its open transaction along',
      operations: [
        act('one', 'startTransaction'),
        act('collection', 'insertOne', { document: { _id: 3 }, session: 'one' }),
        act('testRunner', 'failPoint', {
          client: 'client',
          failPoint: {
            configureFailPoint: 'failCommand',
            mode: { times: 1 },
            data: { failCommands: ['commitTransaction'], errorCode: 251 },
          },
        }),
        act('one', 'commitTransaction', {}, { expectError: { errorCode: 251 } }),
        act('one', 'endSession'),
        act('client', 'close'),
        act('testRunner', 'createEntities', {
          entities: [
            { client: { id: 'later' } },
            { database: { id: 'laterDatabase', client: 'later', databaseName: 'conformance' } },
            {
              collection: { id: 'laterItems', database: 'laterDatabase', collectionName: 'items' },
            },
          ],
        }),
        act('laterItems', 'insertOne', { document: { _id: 3, later: 1 }, maxTimeMS: 5000 }),
      ],
      outcome: outcome([...BEFORE, { _id: 3, later: 1 }]),
    },
    {
      description: 'an idle implicit session is used again',
      operations: [
        act('collection', 'find', { filter: {} }),
        act('collection', 'find', { filter: {} }),
        act('testRunner', 'assertSameLsidOnLastTwoCommands', { client: 'client' }),
      ],
    },
  ]),
];
