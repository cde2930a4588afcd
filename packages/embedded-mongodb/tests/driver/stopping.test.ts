import { Long, UUID } from 'mongodb';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInstance } from '../../src/instance';
import { WireClient } from '../support/wire-client';

let dataDir: string;
const faults: Error[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'emdb-stop-'));
});

afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
  expect(faults).toEqual([]);
});

const increment = { update: 'items', updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } } }] };

test('stop, when a write waits for an open transaction, drops the one and finishes the other', async () => {
  const first = await startInstance({ dataDir }, (error) => faults.push(error));
  const holder = await WireClient.connect(first);
  const waiter = await WireClient.connect(first);
  await holder.command({ insert: 'items', documents: [{ _id: 1, n: 0 }] });
  await holder.command({
    ...increment,
    lsid: { id: new UUID() },
    txnNumber: Long.ONE,
    autocommit: false,
    startTransaction: true,
  });
  const waiting = waiter.command(increment);
  // The second ping comes after the server has begun to serve what was sent before the first.
  await holder.command({ ping: 1 });
  await holder.command({ ping: 1 });
  const stopped = first.stop();
  expect(await waiting).toMatchObject({ ok: 1, n: 1, nModified: 1 });
  await stopped;

  const second = await startInstance({ dataDir }, (error) => faults.push(error));
  const reader = await WireClient.connect(second);
  const reply = await reader.command({ find: 'items' });
  expect(reply.cursor.firstBatch).toEqual([{ _id: 1, n: 1 }]);
  reader.close();
  await second.stop();
});

test('stop, when cursors and transactions are open, closes the engine without a fault', async () => {
  const instance = await startInstance({ dataDir }, (error) => faults.push(error));
  const client = await WireClient.connect(instance);
  await client.command({ insert: 'items', documents: [{ _id: 1 }, { _id: 2 }, { _id: 3 }] });
  const found = await client.command({ find: 'items', batchSize: 1 });
  expect(found.cursor.firstBatch).toHaveLength(1);
  await client.command({
    find: 'items',
    batchSize: 1,
    lsid: { id: new UUID() },
    txnNumber: Long.ONE,
    autocommit: false,
    startTransaction: true,
  });
  await expect(instance.stop()).resolves.toBeUndefined();
});

test('a restart, when a commit and a retryable write are repeated after it, answers them again', async () => {
  const first = await startInstance({ dataDir }, (error) => faults.push(error));
  const before = await WireClient.connect(first);
  const inTransaction = { lsid: { id: new UUID() }, txnNumber: Long.ONE, autocommit: false };
  const commit = { commitTransaction: 1, ...inTransaction };
  const retryable = { ...increment, lsid: { id: new UUID() }, txnNumber: Long.ONE };
  await before.command({ insert: 'items', documents: [{ _id: 1, n: 0 }] });
  await before.command({ ...increment, ...inTransaction, startTransaction: true });
  expect(await before.command(commit, 'admin')).toMatchObject({ ok: 1 });
  expect(await before.command(retryable)).toMatchObject({ ok: 1, nModified: 1 });
  await first.stop();

  const second = await startInstance({ dataDir }, (error) => faults.push(error));
  const after = await WireClient.connect(second);
  expect(await after.command(commit, 'admin')).toMatchObject({ ok: 1 });
  expect(await after.command(retryable)).toMatchObject({ nModified: 1, retriedStmtIds: [0] });
  const reply = await after.command({ find: 'items' });
  expect(reply.cursor.firstBatch).toEqual([{ _id: 1, n: 2 }]);
  after.close();
  await second.stop();
});
