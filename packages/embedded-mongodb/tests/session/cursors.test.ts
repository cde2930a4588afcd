import { CursorRegistry, type CursorOptions } from '../../src/session/cursors';
import { Interruption } from '../../src/session/interruption';
import { WorkingMemory, type MemoryHolder } from '../../src/spill/working-memory';

const MEBIBYTE = 1024 * 1024;

/** A cursor whose stages hold so much. */
function options(holder: MemoryHolder): CursorOptions & { readonly state: { closed: boolean } } {
  const memory = new WorkingMemory();
  memory.add(holder);
  const state = { closed: false };
  async function* stream(): AsyncGenerator<Uint8Array[], void, void> {
    try {
      yield [Buffer.alloc(10), Buffer.alloc(10)];
    } finally {
      state.closed = true;
    }
  }
  return {
    state,
    namespace: 'test.items',
    stream: stream(),
    interruption: new Interruption(() => false),
    noTimeout: false,
    operation: {
      memory,
      reader: () => {
        throw new Error('nothing is read here');
      },
      release: () => undefined,
      checkInterrupted: () => undefined,
      yieldPoint: () => undefined,
    },
  };
}

/** Something that can go to disk. */
function spillable(bytes: number): MemoryHolder {
  return {
    memoryBytes: bytes,
    async spill() {
      Object.assign(this, { memoryBytes: 0 });
    },
  };
}

async function park(registry: CursorRegistry, holder: MemoryHolder) {
  const given = options(holder);
  const cursor = registry.create(given);
  await cursor.nextBatch(1);
  await registry.park(cursor);
  return { cursor, state: given.state };
}

test('a waiting cursor, when there is room, keeps its result in memory', async () => {
  const holder = spillable(MEBIBYTE);
  const registry = new CursorRegistry(Date.now, 4 * MEBIBYTE);
  await park(registry, holder);
  expect(holder.memoryBytes).toBe(MEBIBYTE);
  expect(registry.size).toBe(1);
});

test('a waiting cursor, when half of the memory is taken, moves its result to disk', async () => {
  const holders = [1, 2, 3].map(() => spillable(MEBIBYTE));
  const registry = new CursorRegistry(Date.now, 4 * MEBIBYTE);
  for (const holder of holders) await park(registry, holder);
  expect(holders.map(({ memoryBytes }) => memoryBytes)).toEqual([MEBIBYTE, 0, 0]);
  expect(registry.size).toBe(3);
});

test('a new cursor, when the memory is taken and it cannot go to disk, is refused and closed', async () => {
  const registry = new CursorRegistry(Date.now, 4 * MEBIBYTE);
  for (let count = 0; count < 3; count++) await park(registry, { memoryBytes: MEBIBYTE });
  const given = options({ memoryBytes: MEBIBYTE });
  const cursor = registry.create(given);
  await cursor.nextBatch(1);
  await expect(registry.park(cursor)).rejects.toMatchObject({
    code: 146,
    codeName: 'ExceededMemoryLimit',
  });
  expect(given.state.closed).toBe(true);
  expect(registry.size).toBe(3);
});

test('memory, when a waiting cursor is killed or continued, is free again', async () => {
  const registry = new CursorRegistry(Date.now, 3 * MEBIBYTE);
  const first = await park(registry, { memoryBytes: MEBIBYTE });
  const second = await park(registry, { memoryBytes: MEBIBYTE });
  await registry.kill(first.cursor);
  await park(registry, { memoryBytes: MEBIBYTE });
  registry.checkOut(second.cursor.id);
  await park(registry, { memoryBytes: MEBIBYTE });
  expect(first.state.closed).toBe(true);
});
