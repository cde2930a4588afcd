import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import mongoose from 'mongoose';
import { collectionNames } from '../../db/collection-names';
import { localMediaRoot } from '../media/create-media-store';
import { MIGRATIONS_COLLECTION } from '../migrations/migration-records';
import { BackupError } from './backup-error';
import { PARTS, readManifest, type BackupManifest } from './backup-manifest';
import { copySecrets, placeOf, type BackupOptions } from './backup.service';
import { countDump } from './count-dump';
import { databaseTool } from './database-tool';
import { restoreMedia, verifyMedia } from './media-copy';

export interface RestoreOptions extends Omit<BackupOptions, 'to' | 'quick'> {
  from: string;
  /** Replaces a database that is not empty. */
  force: boolean;
}

/**
 * Puts a backup in the place of a database and its media. Everything is checked before anything is
 * changed; nobody else may work on the database meanwhile.
 * @throws BackupError when the backup is not whole, the database is not empty, or the tool is missing
 *   or fails; then run it again with `force`
 */
export async function restore(options: RestoreOptions): Promise<BackupManifest> {
  const { config, database, force, searchPath, report } = options;
  const from = path.resolve(options.from);
  const manifest = await readManifest(from);
  const list = path.join(from, PARTS.mediaList);
  const media = path.join(from, PARTS.media);
  const isLocal = manifest.media.kind === 'local';
  if (isLocal) {
    report(`checking ${manifest.media.files} media files`);
    const { files } = await verifyMedia(list, media);
    if (files !== manifest.media.files) throw new BackupError(`${list} is cut short`);
  }
  await verifyDump(from, manifest);
  await verifySecrets(from, manifest);
  if (!force) await requireEmpty();

  report('restoring the database');
  const place = placeOf(database);
  const tool = databaseTool(place, searchPath);
  await tool.restore(path.join(from, PARTS.database), manifest.database.name);
  await dropOthers(manifest);
  await verifyCounts(manifest);
  if (isLocal) {
    report('restoring media');
    await restoreMedia(list, media, localMediaRoot(config));
  }
  if (manifest.secrets.length > 0) {
    await copySecrets(path.join(from, PARTS.secrets), config.dataDir);
  }
  return manifest;
}

/** Before the first collection is replaced: what a dump lacks would be lost. */
async function verifyDump(from: string, { database }: BackupManifest): Promise<void> {
  const folder = path.join(from, PARTS.database, database.name);
  const counts = await countDump(folder).catch((error: unknown) => {
    if (error instanceof BackupError) throw error;
    throw new BackupError(`${folder} cannot be read`, { cause: error });
  });
  if (isDeepStrictEqual(counts, { ...database.collections })) return;
  throw new BackupError(`${folder} does not hold the documents that backup.json lists`);
}

/** @throws BackupError when one is missing, or is a link to something else */
async function verifySecrets(from: string, { secrets }: BackupManifest): Promise<void> {
  for (const name of secrets) {
    const file = path.join(from, PARTS.secrets, path.basename(name));
    const found = await lstat(file).catch(() => undefined);
    if (!found?.isFile()) throw new BackupError(`${file} is missing or no file`);
  }
}

/** What a server makes at its start does not count. */
async function requireEmpty(): Promise<void> {
  const names = (await collectionNames()).filter((name) => name !== MIGRATIONS_COLLECTION);
  for (const name of names) {
    if (
      (await mongoose.connection.collection(name).findOne({}, { projection: { _id: 1 } })) === null
    ) {
      continue;
    }
    throw new BackupError(
      `the database is not empty (${name} has documents); nothing was changed; --force replaces all of it`,
    );
  }
}

/** What was there before and is not in the backup. */
async function dropOthers({ database }: BackupManifest): Promise<void> {
  const others = (await collectionNames()).filter((name) => !(name in database.collections));
  for (const name of others) await mongoose.connection.dropCollection(name);
}

/** What expires may have expired since. */
async function verifyCounts({ database }: BackupManifest): Promise<void> {
  for (const [name, expected] of Object.entries(database.collections)) {
    const collection = mongoose.connection.collection(name);
    const found = await collection.countDocuments();
    if (found === expected) continue;
    const indexes = await collection.indexes();
    const expires = indexes.some(({ expireAfterSeconds }) => expireAfterSeconds !== undefined);
    if (expires && found < expected) continue;
    throw new BackupError(`${name} has ${found} documents, and the backup ${expected}`);
  }
}
