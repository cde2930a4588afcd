import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deserialize, type Document } from 'bson';
import { Timestamp, type ClientSession } from 'mongodb';
import { SnapshotHistory } from '../../src/session/snapshot-history';
import type { KeyValueReader, OperationContext } from '../../src/storage/types';
import { startTestInstance, type TestInstance } from '../support/instance';
import { dumpFrom, makeFolder, type Folder } from './support';

let source: TestInstance;
let folder: Folder;

beforeEach(async () => {
  [source, folder] = await Promise.all([startTestInstance(), makeFolder()]);
});

afterEach(async () => {
  await Promise.all([source.close(), folder.remove()]);
});

async function dumpedDocuments(out: string, collection: string): Promise<Document[]> {
  const bytes = await readFile(join(out, 'test', `${collection}.bson`));
  const documents: Document[] = [];
  for (let start = 0; start < bytes.length; start += bytes.readInt32LE(start)) {
    documents.push(deserialize(bytes.subarray(start, start + bytes.readInt32LE(start))));
  }
  return documents;
}

/** Inserts into both collections in one transaction, again and again, until it is told to stop. */
function startWriter(writer: number): { stop(): Promise<number> } {
  let stopping = false;
  let written = 0;
  const run = async (): Promise<number> => {
    while (!stopping) {
      const _id = `${writer}-${written}`;
      await source.client.withSession((session: ClientSession) =>
        session.withTransaction(async () => {
          await source.database.collection<{ _id: string }>('left').insertOne({ _id }, { session });
          await source.database
            .collection<{ _id: string }>('right')
            .insertOne({ _id }, { session });
        }),
      );
      written += 1;
    }
    return written;
  };
  const running = run();
  return {
    stop: () => {
      stopping = true;
      return running;
    },
  };
}

test('a dump, when writers insert into two collections by transactions, holds both parts or none', async () => {
  for (const name of ['left', 'middle', 'right']) await source.database.createCollection(name);
  // Between the two in the order of the dump, so that time passes from one to the other.
  await source.database
    .collection('middle')
    .insertMany(Array.from({ length: 20_000 }, (_, index) => ({ index })));
  await source.database.collection<{ _id: string }>('left').insertOne({ _id: 'before' });
  await source.database.collection<{ _id: string }>('right').insertOne({ _id: 'before' });
  const writers = [1, 2, 3].map(startWriter);
  const outs = ['first', 'second', 'third'].map((name) => join(folder.path, name));
  for (const out of outs) await dumpFrom(source.instance.uri, out);
  const written = (await Promise.all(writers.map((writer) => writer.stop()))).reduce(
    (a, b) => a + b,
  );

  const sizes: number[] = [];
  for (const out of outs) {
    const left = (await dumpedDocuments(out, 'left')).map(({ _id }) => _id as string);
    const right = (await dumpedDocuments(out, 'right')).map(({ _id }) => _id as string);
    expect(left.toSorted()).toEqual(right.toSorted());
    sizes.push(left.length);
  }
  expect(await source.database.collection('left').countDocuments()).toBe(written + 1);
  // The writers were at work while it was dumped: a later dump holds more.
  expect(sizes[2]).toBeGreaterThan(sizes[0] ?? 0);
  expect(sizes[2]).toBeLessThanOrEqual(written + 1);
});

test('a dump, when documents are deleted while it runs, still holds them', async () => {
  const items = source.database.collection('zebras');
  await source.database.collection('apes').insertMany(Array.from({ length: 5_000 }, () => ({})));
  await items.insertMany(Array.from({ length: 3_000 }, () => ({})));
  let deleted: Promise<unknown> | undefined;
  const dumped = await dumpFrom(source.instance.uri, join(folder.path, 'out'), {
    // The first line is about apes, when zebras are still to come.
    report: () => {
      deleted ??= items.deleteMany({});
    },
  });
  await deleted;
  expect(dumped.documents).toBe(8_000);
  expect(await items.countDocuments()).toBe(0);
});

test('a dump, when a collection is dropped while it runs, fails naming it and leaves nothing', async () => {
  await source.database.collection('apes').insertOne({});
  await source.database.collection('zebras').insertMany(Array.from({ length: 3_000 }, () => ({})));
  const server = source.database;
  let dropped: Promise<unknown> | undefined;
  const out = join(folder.path, 'out');
  await expect(
    dumpFrom(source.instance.uri, out, {
      report: () => {
        dropped ??= server.dropCollection('zebras');
      },
    }),
  ).rejects.toThrow(/^test\.zebras: collection dropped.*\(QueryPlanKilled\)$/);
  await dropped;
  await expect(readFile(out)).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('the history of snapshots', () => {
  const time = (i: number): Timestamp => new Timestamp({ t: 1, i });

  function fakeOperation(released: number[], i: number): OperationContext {
    const reader = { sequence: i } as KeyValueReader;
    return {
      reader: () => reader,
      release: () => void released.push(i),
      checkInterrupted: () => undefined,
      yieldPoint: () => undefined,
    };
  }

  test('a state, when it is read again and again, outlives its five minutes and the limit', () => {
    let now = 0;
    const released: number[] = [];
    const history = new SnapshotHistory(() => now);
    history.keep(time(0), () => fakeOperation(released, 0));
    for (let i = 1; i <= 40; i += 1) {
      now += 60_000;
      expect(history.at(time(0)).sequence).toBe(0);
      history.keep(time(i), () => fakeOperation(released, i));
      history.sweep();
    }
    expect(released).not.toContain(0);
    expect(released).toContain(1);
    now += 300_001;
    history.sweep();
    expect(released).toContain(0);
    expect(() => history.at(time(0))).toThrow(/older than the oldest available timestamp/);
  });

  test('a cursor, when its state was given up, fails with SnapshotTooOld', async () => {
    const items = source.database.collection('items');
    await items.insertMany(Array.from({ length: 500 }, () => ({})));
    const session = source.client.startSession({ snapshot: true });
    const cursor = items.find({}, { session, batchSize: 10 });
    await cursor.next();
    for (let i = 0; i < 20; i += 1) {
      await items.insertOne({});
      const other = source.client.startSession({ snapshot: true });
      await items.findOne({}, { session: other });
      await other.endSession();
    }
    await expect(cursor.toArray()).rejects.toMatchObject({ code: 239 });
    await session.endSession();
  });
});
