import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { open } from 'lmdb';
import { metaKey, recordKey } from '../../src/storage/keys';
import { Store } from '../../src/storage/store';
import type { KeyValueReader } from '../../src/storage/types';

const key = (text: string): Buffer => Buffer.from(`\x09${text}`, 'latin1');
const value = (text: string): Buffer => Buffer.from(text);

function readAll(
  reader: KeyValueReader,
  options: { reverse?: boolean; limit?: number } = {},
): string[] {
  return [...reader.range({ start: key(''), end: Buffer.of(0x0a), ...options })].map(
    (entry) => `${entry.key.subarray(1).toString()}=${entry.value.toString()}`,
  );
}

/** Reads /proc/<pid>/stat until it is as wanted. */
async function processStat(
  pid: number | undefined,
  isWanted: (text: string) => boolean,
): Promise<string> {
  for (;;) {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    if (isWanted(text)) return text;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('Store', () => {
  let folder: string;
  let stores: Store[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'embedded-mongodb-store-'));
    stores = [];
  });

  afterEach(async () => {
    for (const store of stores) await store.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function openStore(): Promise<Store> {
    const store = await Store.open(folder);
    stores.push(store);
    return store;
  }

  test('write, when it resolves, is seen by a new snapshot and by a later opening', async () => {
    const store = await openStore();
    await store.write((writer) => writer.put(key('a'), value('1')));
    const snapshot = store.snapshot();
    expect(snapshot.get(key('a'))?.toString()).toBe('1');
    snapshot.release();
    await store.close();

    const again = await openStore();
    const later = again.snapshot();
    expect(later.get(key('a'))?.toString()).toBe('1');
    later.release();
  });

  test('snapshot, when writes follow, keeps the state of its opening', async () => {
    const store = await openStore();
    await store.write((writer) => writer.put(key('a'), value('old')));
    const before = store.snapshot();
    await store.write((writer) => writer.put(key('a'), value('new')));
    const after = store.snapshot();
    expect(before.get(key('a'))?.toString()).toBe('old');
    expect(after.get(key('a'))?.toString()).toBe('new');
    expect(after.sequence).toBe(before.sequence + 1);
    before.release();
    after.release();
  });

  test('write, when one work of a group throws, undoes that work alone', async () => {
    const store = await openStore();
    const results = await Promise.allSettled([
      store.write((writer) => writer.put(key('a'), value('1'))),
      store.write((writer) => {
        writer.put(key('a'), value('spoiled'));
        writer.put(key('b'), value('spoiled'));
        writer.addToCounter(key('n'), 5);
        throw new Error('refused');
      }),
      store.write((writer) => writer.put(key('c'), value(writer.get(key('a'))?.toString() ?? ''))),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const snapshot = store.snapshot();
    expect(readAll(snapshot)).toEqual(['a=1', 'c=1']);
    expect(snapshot.counter(key('n'))).toBe(0);
    snapshot.release();
  });

  test('range, forward, reverse and limited, honours start inclusive and end exclusive', async () => {
    const store = await openStore();
    await store.write((writer) => {
      for (const name of ['a', 'b', 'c', 'd']) writer.put(key(name), value(name));
    });
    const snapshot = store.snapshot();
    const names = (options: { reverse?: boolean; limit?: number; keysOnly?: boolean }): string[] =>
      [...snapshot.range({ start: key('b'), end: key('d'), ...options })].map((entry) =>
        entry.key.subarray(1).toString(),
      );
    expect(names({})).toEqual(['b', 'c']);
    expect(names({ reverse: true })).toEqual(['c', 'b']);
    expect(names({ limit: 1 })).toEqual(['b']);
    expect(names({ reverse: true, limit: 1, keysOnly: true })).toEqual(['c']);
    snapshot.release();
  });

  test('range inside a work, with puts and deletes before it, merges them in order', async () => {
    const store = await openStore();
    await store.write((writer) => {
      for (const name of ['b', 'd', 'f']) writer.put(key(name), value('old'));
    });
    const seen = await store.write((writer) => {
      writer.put(key('a'), value('new'));
      writer.put(key('d'), value('new'));
      writer.delete(key('f'));
      writer.put(key('g'), value('new'));
      return [readAll(writer), readAll(writer, { reverse: true, limit: 2 })];
    });
    expect(seen).toEqual([
      ['a=new', 'b=old', 'd=new', 'g=new'],
      ['g=new', 'd=new'],
    ]);
    const snapshot = store.snapshot();
    expect(readAll(snapshot)).toEqual(['a=new', 'b=old', 'd=new', 'g=new']);
    snapshot.release();
  });

  test('counters, when works of one group and of several add to them, sum exactly', async () => {
    const store = await openStore();
    await Promise.all([1, 2, 3].map((n) => store.write((w) => w.addToCounter(key('n'), n))));
    await store.write((writer) => writer.addToCounter(key('n'), -2));
    const snapshot = store.snapshot();
    expect(snapshot.counter(key('n'))).toBe(4);
    snapshot.release();
  });

  test('open, when the directory is already open, refuses naming the process', async () => {
    await openStore();
    await expect(Store.open(folder)).rejects.toThrow(
      `is in use by another engine (process ${process.pid})`,
    );
  });

  test('open, when the lock is left by a dead process, takes over', async () => {
    await writeFile(join(folder, 'engine.lock'), JSON.stringify({ pid: 2 ** 22 + 1, token: 'x' }));
    const store = await openStore();
    await store.write((writer) => writer.put(key('a'), value('1')));
    const snapshot = store.snapshot();
    expect(readAll(snapshot)).toEqual(['a=1']);
    snapshot.release();
  });

  test.each(['', '{"pid":', '{"pid":0,"token":"x"}', 'null'])(
    'open, when a power cut left the lock with %j, takes over',
    async (content) => {
      await writeFile(join(folder, 'engine.lock'), content);
      await openStore();
      await expect(Store.open(folder)).rejects.toThrow(`process ${process.pid}`);
    },
  );

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('open, when the dead owner still awaits its parent, takes over', async () => {
    // `exec` replaces the shell by a program that never asks how its child ended.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(printed.toString());
      await processStat(parent.pid, (stat) => stat.includes('(sleep)'));
      process.kill(pid, 'SIGKILL');
      const stat = await processStat(pid, (text) => text.includes(') Z '));
      const startedAt = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
      await writeFile(
        join(folder, 'engine.lock'),
        JSON.stringify({ pid, startedAt, token: 'of the dead' }),
      );
      await openStore();
      await expect(Store.open(folder)).rejects.toThrow(`process ${process.pid}`);
    } finally {
      parent.kill('SIGKILL');
      await once(parent, 'exit');
    }
  });

  test('open, when the format version is unknown, refuses and changes nothing', async () => {
    const database = open<Buffer, Buffer>({
      path: join(folder, 'data.mdb'),
      noSubdir: true,
      keyEncoding: 'binary',
      encoding: 'binary',
    });
    await database.put(metaKey('format'), Buffer.from('99'));
    await database.flushed;
    await new Promise((resolve) => setImmediate(resolve));
    await database.close();
    await expect(Store.open(folder)).rejects.toThrow('data format version 99');
    await expect(Store.open(folder)).rejects.toThrow('data format version 99');
  });

  test('open, when the file has format version 1, says how to move and leaves it as it is', async () => {
    const path = join(folder, 'data.mdb');
    const database = open<Buffer, Buffer>({
      path,
      noSubdir: true,
      keyEncoding: 'binary',
      encoding: 'binary',
    });
    await database.put(metaKey('format'), Buffer.from('1'));
    await database.flushed;
    await new Promise((resolve) => setImmediate(resolve));
    await database.close();
    const before = await readFile(path);
    await expect(Store.open(folder)).rejects.toThrow(
      `${path} has data format version 1, but this program knows only version 2; nothing was changed ` +
        '(dump the data with the program that wrote it, and restore the dump into an empty folder)',
    );
    expect((await readFile(path)).equals(before)).toBe(true);
  });

  test('open, when the file is of another program, refuses with its name', async () => {
    await writeFile(join(folder, 'data.mdb'), Buffer.alloc(20_000, 'text'));
    await expect(Store.open(folder)).rejects.toThrow('not a data file of this engine');
  });

  test('open, when the file was cut off, refuses', async () => {
    const store = await openStore();
    await store.write((writer) => {
      for (let n = 0; n < 2_000; n += 1) writer.put(key(`k${n}`), Buffer.alloc(500, 1));
    });
    const { storageSize } = store.stats();
    await store.close();
    await truncate(join(folder, 'data.mdb'), Math.floor(storageSize / 2));
    await expect(Store.open(folder)).rejects.toThrow('damaged');
  });

  test('open, when the documents were cut off, refuses', async () => {
    const store = await openStore();
    const document = Buffer.alloc(500);
    document.writeInt32LE(500, 0);
    await store.write((writer) => {
      for (let n = 1; n <= 2_000; n += 1) writer.put(recordKey(1, n), document);
    });
    const { storageSize } = store.stats();
    await store.close();
    await truncate(join(folder, 'data.mdb'), Math.floor(storageSize / 2));
    await expect(Store.open(folder)).rejects.toThrow('damaged');
  });

  test('write, when it spans many collections, is read back by each, also after reopening', async () => {
    const store = await openStore();
    const ids = Array.from({ length: 300 }, (_, index) => index + 1);
    await store.write((writer) => {
      for (const id of ids) {
        for (const n of [1, 2]) writer.put(recordKey(id, n), value(`${id}/${n}`));
      }
    });
    await store.close();
    const reopened = await openStore();
    const snapshot = reopened.snapshot();
    const found = ids.map((id) => {
      const range = { start: recordKey(id, 0), end: recordKey(id + 1, 0), reverse: true };
      return [...snapshot.range(range)].map((entry) => entry.value.toString());
    });
    snapshot.release();
    expect(found).toEqual(ids.map((id) => [`${id}/2`, `${id}/1`]));
  });

  test('write, when a later work of its group fails in another collection, keeps its own records only', async () => {
    const store = await openStore();
    const written = store.write((writer) => writer.put(recordKey(1, 1), value('kept')));
    const failed = store.write((writer) => {
      writer.put(recordKey(2, 1), value('lost'));
      throw new Error('refused');
    });
    await expect(Promise.all([written, failed])).rejects.toThrow('refused');
    await written;
    const snapshot = store.snapshot();
    expect(snapshot.get(recordKey(1, 1))?.toString()).toBe('kept');
    expect(snapshot.get(recordKey(2, 1))).toBeUndefined();
    snapshot.release();
  });

  test('write, after close, is refused as the server refuses at shutdown', async () => {
    const store = await openStore();
    await store.close();
    expect(() => store.write(() => undefined)).toThrow('interrupted at shutdown');
  });
});
