import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordKey } from '../../src/storage/keys';
import { closeDatabase, openDatabase } from '../../src/storage/lmdb-database';
import type { LmdbTree, Trees } from '../../src/storage/trees';

let folder: string;
let trees: Trees;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'embedded-mongodb-trees-'));
  trees = await openDatabase(folder, 2);
});

afterEach(async () => {
  await closeDatabase(trees.root);
  await rm(folder, { recursive: true, force: true });
});

function leafPages(tree: LmdbTree): number {
  tree.resetReadTxn();
  return (tree.getStats() as { treeLeafPageCount: number }).treeLeafPageCount;
}

test('records, when two collections grow in turn, fill the pages of their trees', async () => {
  const ids = [1, 3];
  for (let recordId = 1; recordId <= 2_100; recordId += 100) {
    await trees.root.batch(() => {
      for (const id of ids) {
        for (let next = recordId; next < recordId + 100; next += 1) {
          const key = recordKey(id, next);
          void trees.of(key).put(key, Buffer.alloc(100));
        }
      }
    });
  }
  const pages = ids.map((id) => leafPages(trees.of(recordKey(id, 1))));
  // A page of 4096 bytes has room for 35 records; lmdb begins the next one with the last of them.
  expect(pages).toEqual([62, 62]);
});

test('of, for the ids of a collection and of its first indexes, answers a tree for each', () => {
  const ids = Array.from({ length: 16 }, (_, index) => 100 + index);
  expect(new Set(ids.map((id) => trees.of(recordKey(id, 1)))).size).toBe(16);
});
