import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileReserve } from '../../src/storage/file-reserve';
import { recordKey } from '../../src/storage/keys';
import { closeDatabase, openDatabase } from '../../src/storage/lmdb-database';

test('provideFor, when the file is too small, makes room for every change of every tree', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-mongodb-reserve-'));
  const trees = await openDatabase(folder, 2);
  try {
    const path = join(folder, 'data.mdb');
    const group = (id: number): { key: Buffer; value: Buffer }[] =>
      Array.from({ length: 2_000 }, (_, n) => ({
        key: recordKey(id, n),
        value: Buffer.alloc(1000),
      }));
    await new FileReserve(path, trees).provideFor([group(1), group(2)]);
    expect((await stat(path)).size).toBeGreaterThan(4_000_000);
  } finally {
    await closeDatabase(trees.root);
    await rm(folder, { recursive: true, force: true });
  }
});
