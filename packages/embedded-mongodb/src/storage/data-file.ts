import { open, stat, type FileHandle } from 'node:fs/promises';

/** What the head of a data file tells without opening it as a database. */
export interface DataFileState {
  isNew: boolean;
  size: number;
  /** Bytes that the newest state of the database may refer to; more than `size` is suspicious. */
  expectedSize: number;
}

const MAGIC = 0xbeefc0de;
const SMALLEST_PAGE = 512;
const LARGEST_PAGE = 65_536;

/**
 * Looks at lmdb's two meta pages (struct MDB_meta of lmdb-js's liblmdb: a 24-byte page header, then magic,
 * version, address, map size, two MDB_db of 48 bytes of which the first begins with the page size, last
 * page, transaction id). A cut-off file must be found here: reading beyond its end through the memory map
 * would kill the process.
 * Throws an Error for people when the file cannot be one of lmdb's.
 */
export async function inspectDataFile(path: string): Promise<DataFileState> {
  const size = await fileSize(path);
  if (size === 0) return { isNew: true, size, expectedSize: 0 };
  const file = await open(path, 'r');
  try {
    const first = await readMeta(file, 0);
    if (!first) throw new Error(`${path} is not a data file of this engine, or it is damaged`);
    const second = await readMeta(file, first.pageSize);
    if (!second) throw new Error(`${path} is damaged: its second meta page is unreadable`);
    const newest = second.transactionId > first.transactionId ? second : first;
    const expectedSize = (Number(newest.lastPage) + 1) * first.pageSize;
    return { isNew: false, size, expectedSize };
  } finally {
    await file.close();
  }
}

interface Meta {
  pageSize: number;
  lastPage: bigint;
  transactionId: bigint;
}

async function readMeta(file: FileHandle, position: number): Promise<Meta | undefined> {
  const page = Buffer.alloc(160);
  const { bytesRead } = await file.read(page, 0, page.length, position);
  if (bytesRead < page.length || page.readUInt32LE(24) !== MAGIC) return undefined;
  const pageSize = page.readUInt32LE(48);
  const isPowerOfTwo = (pageSize & (pageSize - 1)) === 0;
  if (pageSize < SMALLEST_PAGE || pageSize > LARGEST_PAGE || !isPowerOfTwo) return undefined;
  return {
    pageSize,
    lastPage: page.readBigUInt64LE(144),
    transactionId: page.readBigUInt64LE(152),
  };
}

async function fileSize(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
