import { createHash } from 'node:crypto';
import {
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  rmdir,
  type FileHandle,
} from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Long } from 'bson';
import { MongoServerError } from '../errors';
import { BackupError } from './backup-error';
import type { BackupServer } from './backup-server';
import { openCollections, type OpenCollection } from './dump-catalog';
import {
  DATA_SUFFIX,
  fileNameOf,
  INCOMPLETE_INFIX,
  INCOMPLETE_MARKER,
  MANIFEST_FILE,
  METADATA_SUFFIX,
} from './dump-names';
import { formatManifest, type ManifestEntry } from './manifest';
import { formatAmount, Progress, type Report } from './progress';

export interface DumpOptions {
  /** Folder to make; it may exist when it is empty. */
  readonly out: string;
  /** Read one point in time across all collections. */
  readonly snapshot: boolean;
  readonly report: Report;
}

export interface CopiedAmount {
  readonly collections: number;
  readonly documents: number;
  readonly bytes: number;
}

/** Few enough that a busy server is not held up, many enough that round trips do not count. */
const BATCH_DOCUMENTS = 1_000;
const SNAPSHOT_TOO_OLD = 239;

/**
 * Writes all databases into a folder as mongodump does: `database/collection.bson` and
 * `database/collection.metadata.json`. The folder appears under its name only when it is whole and on
 * disk; what fails is removed again.
 * @throws BackupError, MongoServerError, or the system's error.
 */
export async function dump(server: BackupServer, options: DumpOptions): Promise<CopiedAmount> {
  const out = resolve(options.out);
  await assertFree(out);
  await mkdir(dirname(out), { recursive: true });
  const folder = await mkdtemp(`${out}${INCOMPLETE_INFIX}`);
  try {
    await writeDurably(join(folder, INCOMPLETE_MARKER), 'This dump was not finished.\n');
    const entries = await writeCollections(server, folder, options);
    await writeDurably(join(folder, MANIFEST_FILE), formatManifest(entries));
    await syncFolders(folder, entries);
    await rm(join(folder, INCOMPLETE_MARKER));
    await syncFolder(folder);
    await publish(folder, out);
    return sum(entries);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function assertFree(out: string): Promise<void> {
  try {
    if ((await readdir(out)).length === 0) return;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return;
    if (code !== 'ENOTDIR') throw error;
  }
  throw new BackupError(`${out} exists already: choose another folder`);
}

async function writeCollections(
  server: BackupServer,
  folder: string,
  { snapshot, report }: DumpOptions,
): Promise<ManifestEntry[]> {
  const entries: ManifestEntry[] = [];
  for (const collection of await openCollections(server, snapshot)) {
    await mkdir(join(folder, collection.database), { recursive: true, mode: 0o700 });
    const path = join(folder, collection.database, fileNameOf(collection.collection));
    await writeDurably(`${path}${METADATA_SUFFIX}`, collection.metadata);
    if (!collection.cursorId) continue;
    const namespace = `${collection.database}.${collection.collection}`;
    try {
      const entry = await writeDocuments(server, collection, `${path}${DATA_SUFFIX}`, report);
      report(`${namespace}: dumped ${formatAmount(entry.documents, entry.bytes)}`);
      entries.push(entry);
    } catch (error) {
      throw explained(namespace, error);
    }
  }
  return entries;
}

async function writeDocuments(
  server: BackupServer,
  { database, collection, cursorId }: OpenCollection,
  path: string,
  report: Report,
): Promise<ManifestEntry> {
  const expected = await server.countDocuments(database, collection);
  const progress = new Progress(report, `${database}.${collection}`, expected);
  const hash = createHash('sha256');
  let documents = 0;
  let bytes = 0;
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const batch of batches(server, database, collection, cursorId)) {
      const data = Buffer.concat(batch);
      hash.update(data);
      await file.appendFile(data);
      documents += batch.length;
      bytes += data.length;
      progress.add(batch.length, data.length);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { database, collection, documents, bytes, sha256: hash.digest('hex') };
}

async function* batches(
  server: BackupServer,
  database: string,
  collection: string,
  cursorId: Long | undefined,
): AsyncGenerator<readonly Uint8Array[], void, void> {
  let id = cursorId;
  while (id && !id.isZero()) {
    const reply = await server.cursorCommand(database, {
      getMore: id,
      collection,
      batchSize: BATCH_DOCUMENTS,
    });
    if (reply.documents.length > 0) yield reply.documents;
    id = reply.id;
  }
}

/** Says which collection it was, and what can be done. */
function explained(namespace: string, error: unknown): unknown {
  if (!(error instanceof MongoServerError)) return error;
  const advice =
    error.code === SNAPSHOT_TOO_OLD
      ? '; the server does not keep its past long enough: try again with --no-snapshot'
      : '';
  return new BackupError(`${namespace}: ${error.message} (${error.codeName})${advice}`, {
    cause: error,
  });
}

/** Gives the finished dump its name; an empty folder of that name is replaced. */
async function publish(folder: string, out: string): Promise<void> {
  try {
    await rmdir(out);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await rename(folder, out);
  await syncFolder(dirname(out));
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolders(folder: string, entries: readonly ManifestEntry[]): Promise<void> {
  for (const database of new Set(entries.map((entry) => entry.database))) {
    await syncFolder(join(folder, database));
  }
  await syncFolder(folder);
}

/** Makes the names in a folder durable; Windows has no such thing and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle: FileHandle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function sum(entries: readonly ManifestEntry[]): CopiedAmount {
  return {
    collections: entries.length,
    documents: entries.reduce((total, { documents }) => total + documents, 0),
    bytes: entries.reduce((total, { bytes }) => total + bytes, 0),
  };
}
