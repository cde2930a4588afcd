import type { Database, RootDatabase } from 'lmdb';
import { ownerId } from './keys';

export type LmdbDatabase = RootDatabase<Buffer, Buffer>;
export type LmdbTree = Database<Buffer, Buffer>;

/** Part of the file format: the trees are found by what `treeNumber` answers. */
const TREE_BITS = 6;
export const TREE_COUNT = 2 ** TREE_BITS;
/** 2^32 divided by the golden ratio: neighbouring ids, as a collection and its indexes have, part. */
const SPREAD = 0x9e37_79b1;

/**
 * The trees of one data file; a transaction spans them all. lmdb fills pages to the last only where keys
 * are appended to the end of a tree, or of a page: where a growing range shares its last page with the
 * first keys of another, each page is split in the middle and stays half empty. So the records of a
 * collection, and the entries of an index, go to one of 64 trees by their id; of those in the same tree
 * only the newest is dense. Everything else is in the root. (A tree for each would be better still, but
 * each costs every transaction time, and their greatest number must be told when the file is opened.)
 */
export class Trees {
  private readonly named: readonly LmdbTree[];

  /** Makes those trees that the file does not have yet. */
  constructor(readonly root: LmdbDatabase) {
    // In one transaction, because each takes time to begin and end.
    this.named = root.transactionSync(() =>
      Array.from({ length: TREE_COUNT }, (_, number) =>
        root.openDB<Buffer, Buffer>({
          name: `tree${number}`,
          keyEncoding: 'binary',
          encoding: 'binary',
        }),
      ),
    );
  }

  /** The tree that a key is in, with all keys of its collection's records or of its index. */
  of(key: Buffer): LmdbTree {
    const id = ownerId(key);
    return (id === undefined ? undefined : this.named[treeNumber(id)]) ?? this.root;
  }

  *[Symbol.iterator](): Generator<LmdbTree, void, void> {
    yield this.root;
    yield* this.named;
  }
}

function treeNumber(id: number): number {
  return Math.imul(id, SPREAD) >>> (32 - TREE_BITS);
}
