import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Db } from 'mongodb';
import { BackupServer } from '../../src/backup/backup-server';
import { dump, type CopiedAmount, type DumpOptions } from '../../src/backup/dump';
import { readDumpFolder } from '../../src/backup/dump-folder';
import { restore, type RestoreOptions } from '../../src/backup/restore';

/** A folder for the dumps of one test file. */
export interface Folder {
  readonly path: string;
  remove(): Promise<void>;
}

export async function makeFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'emdb-backup-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export async function dumpFrom(
  uri: string,
  out: string,
  options: Partial<DumpOptions> = {},
): Promise<CopiedAmount> {
  const server = await BackupServer.connect(uri);
  try {
    return await dump(server, { out, snapshot: true, report: () => undefined, ...options });
  } finally {
    await server.close();
  }
}

export async function restoreTo(
  uri: string,
  from: string,
  options: Partial<RestoreOptions> = {},
): Promise<CopiedAmount> {
  const { drop = false, report = () => undefined } = options;
  const dumped = await readDumpFolder(from, report);
  const server = await BackupServer.connect(uri);
  try {
    return await restore(server, dumped, { drop, report });
  } finally {
    await server.close();
  }
}

/** The documents of a collection as the hexadecimal text of their bytes, in their stored order. */
export async function storedBytes(database: Db, collection: string): Promise<string[]> {
  const documents = await database.collection(collection).find({}, { raw: true }).toArray();
  return documents.map((document) =>
    Buffer.from(document as unknown as Uint8Array).toString('hex'),
  );
}
