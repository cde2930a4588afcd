import { open, stat } from 'node:fs/promises';
import type { LmdbDatabase } from './lmdb-database';
import type { PendingChange } from './overlay';

const SMALLEST_GROWTH = 1024 * 1024;
const LARGEST_GROWTH = 16 * SMALLEST_GROWTH;
/** Pages that any commit may take beside its entries: meta data, roots, the list of free pages. */
const PAGES_OF_A_COMMIT = 16;
const BYTES_OF_AN_ENTRY = 16;
/** Ids of free pages that fit in one page of 4096 bytes. */
const FREE_IDS_PER_PAGE = 500;

interface FileShape {
  pageSize: number;
  /** Pages from the root to an entry. */
  depth: number;
  /** Pages of the tree itself, without those of long values. */
  treePages: number;
  /** Pages of the file that were ever used. */
  usedPages: number;
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
    private readonly database: LmdbDatabase,
  ) {}

  /**
   * Makes room for a write-set, while no commit is running. Throws the system's error (ENOSPC, EDQUOT,
   * EFBIG) when there is none; then nothing was written and smaller write-sets may still fit.
   */
  async provideFor(changes: Iterable<PendingChange>): Promise<void> {
    this.shape ??= this.readShape();
    let needed = mostBytes(changes, this.shape);
    if (this.headroom < needed) {
      this.shape = this.readShape();
      needed = mostBytes(changes, this.shape);
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

  private readShape(): FileShape {
    const stats = this.database.getStats() as {
      root: FileTreeStatistics;
      lastPageNumber: number;
    };
    const { pageSize, treeDepth, treeBranchPageCount, treeLeafPageCount } = stats.root;
    return {
      pageSize,
      depth: treeDepth,
      treePages: treeBranchPageCount + treeLeafPageCount,
      usedPages: stats.lastPageNumber + 1,
    };
  }
}

interface FileTreeStatistics {
  pageSize: number;
  treeDepth: number;
  treeBranchPageCount: number;
  treeLeafPageCount: number;
}

/** No commit of these changes takes more new pages: each is copied with its way from the root, once. */
function mostBytes(changes: Iterable<PendingChange>, shape: FileShape): number {
  const { pageSize, depth, treePages, usedPages } = shape;
  let count = 0;
  let bytesInTree = 0;
  let pagesOfLongValues = 0;
  for (const { key, value } of changes) {
    count += 1;
    const bytes = key.length + (value?.length ?? 0) + BYTES_OF_AN_ENTRY;
    if (bytes > pageSize / 2) pagesOfLongValues += Math.ceil(bytes / pageSize) + 1;
    else bytesInTree += bytes;
  }
  // Pages that are split stay half full; so may be the pages above them.
  const splitPages = (4 * bytesInTree) / pageSize;
  const copiedPages = Math.min(count * (depth + 1), treePages);
  const freeListPages = (usedPages + copiedPages) / FREE_IDS_PER_PAGE;
  const pages = copiedPages + splitPages + pagesOfLongValues + freeListPages + PAGES_OF_A_COMMIT;
  return Math.ceil(pages) * pageSize;
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
