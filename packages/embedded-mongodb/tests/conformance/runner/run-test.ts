import assert from 'node:assert/strict';
import type { Document, MongoClient } from 'mongodb';
import { Entities } from './entities';
import { Matcher, Mismatch } from './match';
import { runOperation } from './run-operation';
import type { CollectionData, ExpectedEvents, UnifiedTest, UnifiedTestFile } from './schema';

const MAJORITY = { writeConcern: { w: 'majority' } } as const;

/** The server under test. */
export interface ServerUnderTest {
  readonly uri: string;
  /** A connected client for preparing and inspecting, which no test observes. */
  readonly internal: MongoClient;
}

/**
 * Runs one test of a file in the unified format: initial data, operations, events, outcome.
 * @throws an error that names the first thing that is not as the test expects it.
 */
export async function runTest(
  server: ServerUnderTest,
  file: UnifiedTestFile,
  test: UnifiedTest,
): Promise<void> {
  // An open transaction that a failed test left behind would hold its collections.
  await server.internal.db('admin').command({ killAllSessions: [] });
  for (const data of file.initialData ?? []) await prepare(server.internal, data);
  const entities = new Entities(server.uri);
  const failPoints = new Set<string>();
  const context = {
    entities,
    internal: server.internal,
    failPointSet: (name: string) => void failPoints.add(name),
  };
  try {
    await entities.create(file.createEntities ?? []);
    for (const operation of test.operations) await runOperation(context, operation);
    await entities.endSessions();
    for (const expected of test.expectEvents ?? []) checkEvents(entities, expected);
    for (const expected of test.outcome ?? []) await checkOutcome(server.internal, expected);
  } finally {
    await switchOff(server.internal, failPoints);
    await entities.close();
  }
}

async function prepare(client: MongoClient, data: CollectionData): Promise<void> {
  const database = client.db(data.databaseName);
  const collection = database.collection(data.collectionName);
  await collection.drop(MAJORITY);
  const { createOptions, documents } = data;
  if (createOptions || documents.length === 0) {
    await database.createCollection(data.collectionName, { ...createOptions, ...MAJORITY });
  }
  if (documents.length > 0) await collection.insertMany([...documents], MAJORITY);
}

async function switchOff(client: MongoClient, failPoints: ReadonlySet<string>): Promise<void> {
  for (const name of failPoints) {
    await client.db('admin').command({ configureFailPoint: name, mode: 'off' });
  }
}

function checkEvents(entities: Entities, expected: ExpectedEvents): void {
  const { client, eventType = 'command', events, ignoreExtraEvents } = expected;
  const actual = entities.recorder(client).events.filter(({ type }) => type === eventType);
  const matcher = new Matcher(entities);
  for (const [index, event] of events.entries()) {
    const [name, fields] = Object.entries(event)[0] ?? [];
    const found = actual[index];
    if (!found || found.name !== name) throw new Mismatch(`event ${index}`, event, found);
    checkEvent(matcher, found.fields, fields as Document);
  }
  if (!ignoreExtraEvents && actual.length > events.length) {
    throw new Mismatch('the events', `${events.length} of them`, actual.slice(events.length));
  }
}

/** Only what an event says is looked at; commands and replies in it are root documents. */
function checkEvent(matcher: Matcher, actual: Document, expected: Document): void {
  const { command, reply, hasServiceId, hasServerConnectionId, previousDescription, ...others } =
    expected;
  if (command) matcher.match(actual.command, command);
  if (reply) matcher.match(actual.reply, reply);
  if (hasServiceId !== undefined) assert.equal(actual.serviceId !== undefined, hasServiceId);
  if (hasServerConnectionId !== undefined) {
    assert.equal(typeof actual.serverConnectionId === 'bigint', hasServerConnectionId);
  }
  if (previousDescription) matcher.match(actual.previousDescription, previousDescription);
  matcher.match(actual, others);
}

async function checkOutcome(client: MongoClient, expected: CollectionData): Promise<void> {
  const actual = await client
    .db(expected.databaseName)
    .collection(expected.collectionName, { readConcern: { level: 'local' } })
    .find({}, { sort: { _id: 1 }, promoteValues: true })
    .toArray();
  assert.deepStrictEqual(actual, expected.documents);
}
