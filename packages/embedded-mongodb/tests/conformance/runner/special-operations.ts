import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { ClientSession, Document, MongoClient } from 'mongodb';
import { concernOptions, type Entities } from './entities';
import { Matcher } from './match';
import type { RunOperations } from './operation';

/** What operations with the object `testRunner` may use. */
export interface TestRunnerContext {
  readonly entities: Entities;
  /** A client of the runner's own, which no test observes. */
  readonly internal: MongoClient;
  /** Called with each fail point that is set, so that it is switched off after the test. */
  readonly failPointSet: (name: string) => void;
}

type SpecialOperation = (context: TestRunnerContext, options: Document) => Promise<void>;

const EVENT_WAIT_MS = 60_000;
const EVENT_POLL_MS = 20;

const TRANSACTION_STATES: Readonly<Record<string, string>> = {
  none: 'NO_TRANSACTION',
  starting: 'STARTING_TRANSACTION',
  in_progress: 'TRANSACTION_IN_PROGRESS',
  committed: 'TRANSACTION_COMMITTED',
  aborted: 'TRANSACTION_ABORTED',
};

/** The operations on `testRunner` (specification "Unified Test Format", "Special Test Operations"). */
export const specialOperations: Readonly<Record<string, SpecialOperation>> = {
  failPoint: async ({ entities, failPointSet }, options) => {
    failPointSet(options.failPoint.configureFailPoint);
    await entities.client(options.client).db('admin').command(options.failPoint);
  },
  targetedFailPoint: async ({ entities, failPointSet }, options) => {
    failPointSet(options.failPoint.configureFailPoint);
    await sessionClient(entities, options.session).db('admin').command(options.failPoint);
  },
  createEntities: ({ entities }, options) => entities.create(options.entities),
  wait: async (_context, { ms }) => {
    await delay(ms);
  },
  assertSessionTransactionState: async ({ entities }, { session, state }) => {
    // The driver has no public accessor for the state of a transaction.
    const { transaction } = entities.session(session) as ClientSession & Document;
    assert.equal(transaction.state, TRANSACTION_STATES[state]);
  },
  assertSessionPinned: async ({ entities }, { session }) => {
    assert.equal(entities.session(session).isPinned, true);
  },
  assertSessionUnpinned: async ({ entities }, { session }) => {
    assert.equal(entities.session(session).isPinned, false);
  },
  assertSessionDirty: async ({ entities }, { session }) => {
    assert.equal(entities.session(session).serverSession.isDirty, true);
  },
  assertSessionNotDirty: async ({ entities }, { session }) => {
    assert.equal(entities.session(session).serverSession.isDirty, false);
  },
  assertSameLsidOnLastTwoCommands: async ({ entities }, { client }) => {
    const [first, second] = lastTwoSessionIds(entities, client);
    assert.deepEqual(first, second);
  },
  assertDifferentLsidOnLastTwoCommands: async ({ entities }, { client }) => {
    const [first, second] = lastTwoSessionIds(entities, client);
    assert.notDeepEqual(first, second);
  },
  assertCollectionExists: async (context, { databaseName, collectionName }) => {
    assert.ok((await collectionNames(context, databaseName)).includes(collectionName));
  },
  assertCollectionNotExists: async (context, { databaseName, collectionName }) => {
    assert.ok(!(await collectionNames(context, databaseName)).includes(collectionName));
  },
  assertIndexExists: async (context, { indexName, ...namespace }) => {
    assert.ok((await indexNames(context, namespace)).includes(indexName));
  },
  assertIndexNotExists: async (context, { indexName, ...namespace }) => {
    assert.ok(!(await indexNames(context, namespace)).includes(indexName));
  },
  waitForEvent: async ({ entities }, { client, event, count }) => {
    const deadline = Date.now() + EVENT_WAIT_MS;
    while (countEvents(entities, client, event) < count) {
      assert.ok(Date.now() < deadline, `waited in vain for ${count} of ${JSON.stringify(event)}`);
      await delay(EVENT_POLL_MS);
    }
  },
  assertEventCount: async ({ entities }, { client, event, count }) => {
    assert.equal(countEvents(entities, client, event), count);
  },
};

/** Runs the callback's operations in a transaction of the driver's convenient API. */
export async function withTransaction(
  session: ClientSession,
  { callback, ...options }: Document,
  runOperations: RunOperations,
): Promise<void> {
  await session.withTransaction(() => runOperations(callback), concernOptions(options));
}

/** The driver has no public accessor for the client of a session. */
function sessionClient(entities: Entities, session: string): MongoClient {
  return (entities.session(session) as ClientSession & { client: MongoClient }).client;
}

function lastTwoSessionIds(entities: Entities, client: string): unknown[] {
  const commands = entities.recorder(client).startedCommands().slice(-2);
  assert.equal(commands.length, 2);
  return commands.map(({ lsid }) => lsid?.id.toString('hex') as unknown);
}

async function collectionNames(context: TestRunnerContext, database: string): Promise<string[]> {
  const listed = await context.internal.db(database).listCollections().toArray();
  return listed.map(({ name }) => name);
}

async function indexNames(
  context: TestRunnerContext,
  { databaseName, collectionName }: Document,
): Promise<string[]> {
  if (!(await collectionNames(context, databaseName)).includes(collectionName)) return [];
  const collection = context.internal.db(databaseName).collection(collectionName);
  const indexes = await collection.listIndexes().toArray();
  return indexes.map(({ name }) => name as string);
}

function countEvents(entities: Entities, client: string, expected: Document): number {
  const [name = '', fields = {}] = Object.entries(expected)[0] ?? [];
  const matcher = new Matcher(entities);
  return entities.recorder(client).events.filter((event) => {
    if (event.name !== name) return false;
    try {
      matcher.match(event.fields, fields);
      return true;
    } catch {
      return false;
    }
  }).length;
}
