import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { open } from 'lmdb';
import { inspectDataFile } from './data-file';
import { isRecordKey, metaKey } from './keys';
import { TREE_COUNT, Trees, type LmdbDatabase, type LmdbTree } from './trees';

/** States that can be read at the same time; each takes a slot in the file of readers. */
export const MOST_READERS = 4096;

/**
 * Address space for the file, taken at once. lmdb would start small and map the file again and again as
 * it grows, and each old mapping stays resident. Where a reservation costs more, it does grow.
 */
const MAP_BYTES = 2 ** 36;

const FORMAT_KEY = metaKey('format');

/** The path of a directory's data file. */
export function dataFile(dataDir: string): string {
  return join(dataDir, 'data.mdb');
}

/**
 * Opens or creates the data file of a directory.
 * Throws an Error for people, having changed nothing, when the file is another program's, damaged, or
 * of another format version.
 */
export async function openDatabase(dataDir: string, formatVersion: number): Promise<Trees> {
  const path = dataFile(dataDir);
  const { isNew, size, expectedSize } = await inspectDataFile(path);
  const isShort = size < expectedSize;
  // lmdb's file is rightly short when its last pages are free. Zeros in their place let it be read safely.
  if (isShort) await truncate(path, expectedSize);
  const database = openFile(path);
  try {
    if (isShort) verifyReadable([database], path);
    await checkFormat(database, { path, isNew, formatVersion });
    const trees = new Trees(database);
    if (isShort) verifyReadable(trees, path);
    return trees;
  } catch (error) {
    await closeDatabase(database);
    if (isShort) await truncate(path, size);
    throw error;
  }
}

/** Closes the file. lmdb must not be closed in the turn in which a transaction ended. */
export async function closeDatabase(database: LmdbDatabase): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  await database.close();
}

function openFile(path: string): LmdbDatabase {
  return open<Buffer, Buffer>({
    path,
    noSubdir: true,
    keyEncoding: 'binary',
    encoding: 'binary',
    maxDbs: TREE_COUNT,
    maxReaders: MOST_READERS,
    separateFlushed: true,
    ...(process.platform !== 'win32' && { mapSize: MAP_BYTES }),
    // Every commit is one explicit batch. The implicit batches that this turns off also leave a promise
    // unhandled when a commit fails, which would end the process.
    eventTurnBatching: false,
  });
}

/** Reads everything once: a page that is not there shows as lmdb's own error or as a torn document. */
function verifyReadable(trees: Iterable<LmdbTree>, path: string): void {
  try {
    for (const tree of trees) {
      for (const { key, value } of tree.getRange({ start: Buffer.of(0) })) {
        if (!isRecordKey(key)) continue;
        if (value.length < 5 || value.readInt32LE(0) !== value.length)
          throw new Error('torn document');
      }
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${path} is damaged: it was cut off (${reason})`, { cause: error });
  }
}

interface FormatCheck {
  path: string;
  isNew: boolean;
  formatVersion: number;
}

async function checkFormat(
  database: LmdbDatabase,
  { path, isNew, formatVersion }: FormatCheck,
): Promise<void> {
  const stored = database.get(FORMAT_KEY)?.toString();
  if (stored === String(formatVersion)) return;
  if (stored !== undefined) {
    throw new Error(
      `${path} has data format version ${stored}, but this program knows only version ` +
        `${formatVersion}; nothing was changed (dump the data with the program that wrote it, and ` +
        'restore the dump into an empty folder)',
    );
  }
  const isEmpty = database.getKeysCount({ start: Buffer.of(0), limit: 1 }) === 0;
  if (!isNew && !isEmpty) throw new Error(`${path} is a data file of another program`);
  await database.put(FORMAT_KEY, Buffer.from(String(formatVersion)));
  await database.flushed;
}
