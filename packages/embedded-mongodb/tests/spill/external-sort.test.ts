import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ExternalSort } from '../../src/spill/external-sort';
import { ScratchFolder } from '../../src/spill/scratch-folder';
import { WorkingMemory } from '../../src/spill/working-memory';

interface Item {
  readonly rank: number;
  readonly arrival: number;
}

const LIMIT_BYTES = 64 * 1024;

let dataDir: string;
let scratch: ScratchFolder;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'emdb-sort-'));
  scratch = new ScratchFolder(dataDir);
});

afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true });
});

function keyOf({ rank }: Item): Buffer {
  const key = Buffer.alloc(4);
  key.writeUInt32BE(rank);
  return key;
}

const RULES = {
  keyOf,
  compare: (left: Buffer, right: Buffer) => Buffer.compare(left, right),
  sizeOf: () => 100,
  encode: (item: Item) => Buffer.from(JSON.stringify(item)),
  decode: (bytes: Buffer) => JSON.parse(bytes.toString()) as Item,
};

function sorter(limit = 0, memory = new WorkingMemory(scratch, LIMIT_BYTES)) {
  return new ExternalSort<Item>(RULES, limit, memory);
}

/** Ranks that repeat and come in no order. */
function items(count: number): Item[] {
  return Array.from({ length: count }, (_, arrival) => ({
    rank: (arrival * 7919) % 101,
    arrival,
  }));
}

function feed(sort: ExternalSort<Item>, input: readonly Item[]): void {
  for (const item of input) {
    sort.add(item);
    while (sort.isBusy) sort.work();
  }
  sort.finish();
}

function drain(sort: ExternalSort<Item>): Item[] {
  const output: Item[] = [];
  for (let item = sort.next(); item !== undefined; item = sort.next()) output.push(item);
  return output;
}

function expected(input: readonly Item[]): Item[] {
  return input.toSorted((left, right) => left.rank - right.rank || left.arrival - right.arrival);
}

test.each([0, 1, 200, 10_000])(
  'an external sort, when %i items come in, gives them in order and equal ones as they came',
  (count) => {
    const sort = sorter();
    feed(sort, items(count));
    expect(drain(sort)).toEqual(expected(items(count)));
  },
);

test('an external sort, when memory is used up, writes runs, merges them and leaves no file', async () => {
  const sort = sorter();
  feed(sort, items(40_000));
  expect(sort.spills).toBeGreaterThan(64);
  expect(sort.memoryBytes).toBeLessThanOrEqual(LIMIT_BYTES);
  const files = await readdir(join(dataDir, 'scratch'));
  expect(files.length).toBeGreaterThan(0);
  expect(files.length).toBeLessThanOrEqual(64);
  expect(drain(sort)).toEqual(expected(items(40_000)));
  expect(await readdir(join(dataDir, 'scratch'))).toEqual([]);
});

test('an external sort, when the keys mean nothing once written, makes them anew', () => {
  const alive = new WeakSet<Buffer>();
  const sort = new ExternalSort<Item>(
    {
      ...RULES,
      keyOf: (item) => {
        const key = keyOf(item);
        alive.add(key);
        return key;
      },
      compare: (left, right) => {
        if (!alive.has(left) || !alive.has(right)) throw new Error('compared a copy');
        return Buffer.compare(left, right);
      },
      hasVolatileKeys: true,
    },
    0,
    new WorkingMemory(scratch, LIMIT_BYTES),
  );
  feed(sort, items(5_000));
  expect(drain(sort)).toEqual(expected(items(5_000)));
});

test('an external sort, when there is a limit, keeps about as many and gives the first', () => {
  const sort = sorter(50);
  feed(sort, items(10_000));
  expect(sort.spills).toBe(0);
  expect(drain(sort)).toEqual(expected(items(10_000)).slice(0, 50));
});

test('an external sort, when even the limit does not fit, goes to disk and gives the first', () => {
  const sort = sorter(3_000);
  feed(sort, items(10_000));
  expect(sort.spills).toBeGreaterThan(0);
  expect(drain(sort)).toEqual(expected(items(10_000)).slice(0, 3_000));
});

test('an external sort, when the disk may not be used, is refused with 292', () => {
  const sort = sorter(0, new WorkingMemory(undefined, LIMIT_BYTES));
  expect(() => feed(sort, items(1_000))).toThrow(
    expect.objectContaining({ code: 292, codeName: 'QueryExceededMemoryLimitNoDiskUseAllowed' }),
  );
});

test('an external sort, when it is spilled half read, holds nothing and gives the rest', async () => {
  const memory = new WorkingMemory(scratch, LIMIT_BYTES);
  const sort = sorter(900, memory);
  feed(sort, items(5_000));
  const first = Array.from({ length: 300 }, () => sort.next());
  await memory.spill();
  expect(memory.bytes).toBe(0);
  expect([...first, ...drain(sort)]).toEqual(expected(items(5_000)).slice(0, 900));
});

test('an external sort, when it is closed early, removes its files', async () => {
  const sort = sorter();
  feed(sort, items(5_000));
  sort.next();
  sort.close();
  expect(sort.next()).toBeUndefined();
  expect(await readdir(join(dataDir, 'scratch'))).toEqual([]);
});

test('the scratch folder, when a killed process left files, is cleared', async () => {
  scratch.create().append(Buffer.from('left behind'));
  await new ScratchFolder(dataDir).clear();
  expect(await readdir(dataDir)).toEqual([]);
});
