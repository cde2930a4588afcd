import { open, stat } from 'node:fs/promises';
import type { PendingChange } from './overlay';
import type { LmdbTree, Trees } from './trees';

const SMALLEST_GROWTH = 1024 * 1024;
const LARGEST_GROWTH = 16 * SMALLEST_GROWTH;
/** Pages that any commit may take beside its entries: meta data, roots, the list of free pages. */
const PAGES_OF_A_COMMIT = 16;
const BYTES_OF_AN_ENTRY = 16;
/** Ids of free pages that fit in one page of 4096 bytes. */
const FREE_IDS_PER_PAGE = 500;

interface FileShape {
  pageSize: number;
  /** Pages of the file that were ever used. */
  usedPages: number;
  /** Those trees that were asked for. */
  trees: Map<LmdbTree, TreeShape>;
}

interface TreeShape {
  /** Pages from the root to an entry. */
  depth: number;
  /** Pages that hold entries, without those of long values, and pages that lead to them. */
  leafPages: number;
  branchPages: number;
}

/**
 * Keeps so much of the data file allocated that a commit needs nothing of the file system. For when a
 * write of lmdb's fails (disk full, quota, file size limit), it goes on with the doomed transaction: it
 * reads pages that were never written, which ends the process (SIGBUS), and it writes its error text
 * beyond the end of a buffer. So the disk must be found full before lmdb writes.
 */
export class FileReserve {
  private shape: FileShape | undefined;
  /** Allocated bytes that no commit since the last look at the file can have used. */
  private headroom = 0;
  /** What the file had at least when it was last looked at; it never shrinks. */
  private knownSize = 0;

  constructor(
    private readonly path: string,
    private readonly trees: Trees,
  ) {}

  /**
   * Makes room for a write-set, whose groups each belong to one tree, while no commit is running. Throws
   * the system's error (ENOSPC, EDQUOT, EFBIG) when there is none; then nothing was written and smaller
   * write-sets may still fit.
   */
  async provideFor(groups: readonly ChangeGroup[]): Promise<void> {
    this.shape ??= this.readShape();
    let needed = this.mostBytes(groups, this.shape);
    if (this.headroom < needed) {
      this.shape = this.readShape();
      needed = this.mostBytes(groups, this.shape);
      this.headroom = await this.allocate(needed, this.shape);
    }
    this.headroom -= needed;
  }

  /** Answers the allocated bytes behind the last used page: at least `needed`. */
  private async allocate(needed: number, { usedPages, pageSize }: FileShape): Promise<number> {
    const used = usedPages * pageSize;
    if (this.knownSize >= used + needed) return this.knownSize - used;
    const { size } = await stat(this.path);
    this.knownSize = size;
    if (size >= used + needed) return size - used;
    const comfortable = Math.min(Math.max(used / 8, SMALLEST_GROWTH), LARGEST_GROWTH);
    const written = await appendZeros(this.path, size, used + needed + comfortable);
    this.knownSize = written.size;
    if (written.size < used + needed) throw written.failure ?? new Error('the file did not grow');
    return written.size - used;
  }

  /** No commit of these changes takes more new pages: each is copied with its way from the root, once. */
  private mostBytes(groups: readonly ChangeGroup[], shape: FileShape): number {
    const { pageSize, usedPages } = shape;
    const changed = this.changesByTree(groups, pageSize);
    let copiedPages = 0;
    let newPages = 0;
    for (const [tree, { entries, bytes, pagesOfLongValues }] of changed) {
      const treeShape = this.treeShape(tree, shape);
      const { depth, leafPages, branchPages } = treeShape;
      // Pages that are split stay half full; so may be the pages above them.
      const splitPages = (4 * bytes) / pageSize + depth + 2;
      copiedPages += Math.min(entries, leafPages) + Math.min(entries * (depth + 1), branchPages);
      newPages += splitPages + pagesOfLongValues;
      treeShape.leafPages += splitPages;
      treeShape.branchPages += splitPages;
    }
    const freeListPages = (usedPages + copiedPages) / FREE_IDS_PER_PAGE;
    return Math.ceil(copiedPages + newPages + freeListPages + PAGES_OF_A_COMMIT) * pageSize;
  }

  private changesByTree(
    groups: readonly ChangeGroup[],
    pageSize: number,
  ): Map<LmdbTree, ChangedEntries> {
    // The root changes with every tree: it tells where they begin.
    const root = { entries: groups.length, bytes: 0, pagesOfLongValues: 0 };
    const changed = new Map<LmdbTree, ChangedEntries>([[this.trees.root, root]]);
    for (const group of groups) {
      const [first] = group;
      if (!first) continue;
      const tree = this.trees.of(first.key);
      const sum = changed.get(tree) ?? { entries: 0, bytes: 0, pagesOfLongValues: 0 };
      changed.set(tree, sum);
      addChanges(sum, group, pageSize);
    }
    return changed;
  }

  private readShape(): FileShape {
    const stats = this.trees.root.getStats() as {
      root: TreeStatistics;
      lastPageNumber: number;
    };
    const usedPages = stats.lastPageNumber + 1;
    return { pageSize: stats.root.pageSize, usedPages, trees: new Map() };
  }

  private treeShape(tree: LmdbTree, { trees }: FileShape): TreeShape {
    const known = trees.get(tree);
    if (known) return known;
    // Without the reset, lmdb may answer for the state that was read earlier in this event-loop turn.
    tree.resetReadTxn();
    const stats = tree.getStats() as TreeStatistics;
    const shape = {
      depth: stats.treeDepth,
      leafPages: stats.treeLeafPageCount,
      branchPages: stats.treeBranchPageCount,
    };
    trees.set(tree, shape);
    return shape;
  }
}

interface TreeStatistics {
  pageSize: number;
  treeDepth: number;
  treeBranchPageCount: number;
  treeLeafPageCount: number;
}

type ChangeGroup = readonly PendingChange[];

interface ChangedEntries {
  entries: number;
  /** Of the entries in the pages of the tree itself. */
  bytes: number;
  pagesOfLongValues: number;
}

function addChanges(sum: ChangedEntries, group: ChangeGroup, pageSize: number): void {
  sum.entries += group.length;
  for (const { key, value } of group) {
    const bytes = key.length + (value?.length ?? 0) + BYTES_OF_AN_ENTRY;
    if (bytes > pageSize / 2) sum.pagesOfLongValues += Math.ceil(bytes / pageSize) + 1;
    else sum.bytes += bytes;
  }
}

/** Writes zeros from `size` on, as far as the file system lets: a hole would reserve nothing. */
async function appendZeros(
  path: string,
  size: number,
  wanted: number,
): Promise<{ size: number; failure?: Error }> {
  const zeros = Buffer.alloc(Math.min(Math.ceil(wanted - size), SMALLEST_GROWTH));
  let position = size;
  const file = await open(path, 'r+');
  try {
    while (position < wanted) {
      const length = Math.min(zeros.length, Math.ceil(wanted - position));
      position += (await file.write(zeros, 0, length, position)).bytesWritten;
    }
    return { size: position };
  } catch (error) {
    return { size: position, failure: error as Error };
  } finally {
    await file.close();
  }
}
