import { copyFile, mkdir, mkdtemp, readdir, rename, rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import mongoose from 'mongoose';
import { SECRET_FILES, type Config } from '../../config';
import type { DatabaseHandle } from '../../db/connect-database';
import { localMediaRoot } from '../media/create-media-store';
import { BackupError } from './backup-error';
import { PARTS, writeManifest, type BackupManifest } from './backup-manifest';
import { countDump } from './count-dump';
import { databaseTool, type DatabasePlace } from './database-tool';
import { copyMedia } from './media-copy';

export interface BackupOptions {
  config: Config;
  database: Pick<DatabaseHandle, 'kind' | 'uri'>;
  /** The folder to make. */
  to: string;
  /** Sizes alone are listed, and no file is read. */
  quick: boolean;
  /** Where MongoDB's tools are. */
  searchPath: string;
  /** Told in a line each how far it is. */
  report: (line: string) => void;
}

/**
 * Copies the database, then the local media, then generated secrets, beside a running server too: a
 * stored file never changes, and one that goes meanwhile belonged to something that has gone meanwhile.
 * The folder appears under its name when it is whole.
 * @throws BackupError when the folder is there already, or a tool is missing or fails
 */
export async function backUp(options: BackupOptions): Promise<BackupManifest> {
  const to = path.resolve(options.to);
  await requireAbsent(to);
  await mkdir(path.dirname(to), { recursive: true });
  const draft = await mkdtemp(`${to}.incomplete-`);
  try {
    const manifest = await fill(draft, options);
    await writeManifest(draft, manifest);
    await rmdir(to).catch(() => undefined);
    await rename(draft, to);
    return manifest;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** The connected database, and its name. */
export function placeOf({ kind, uri }: BackupOptions['database']): DatabasePlace {
  return { kind, uri, name: mongoose.connection.name };
}

async function fill(draft: string, options: BackupOptions): Promise<BackupManifest> {
  const { config, database, quick, searchPath, report } = options;
  const createdAt = new Date().toISOString();
  const place = placeOf(database);
  report('dumping the database');
  await databaseTool(place, searchPath).dump(path.join(draft, PARTS.database));
  const collections = await countDump(path.join(draft, PARTS.database, place.name));

  const kind = config.cloudinary ? 'cloudinary' : 'local';
  if (kind === 'local') report('copying media');
  const amount =
    kind === 'local'
      ? await copyMedia(
          {
            from: localMediaRoot(config),
            to: path.join(draft, PARTS.media),
            list: path.join(draft, PARTS.mediaList),
          },
          { hash: !quick },
        )
      : { files: 0, bytes: 0 };
  const secrets = await copySecrets(config.dataDir, path.join(draft, PARTS.secrets));
  return {
    format: 1,
    createdAt,
    database: { kind: place.kind, name: place.name, collections },
    media: { kind, ...amount },
    secrets,
  };
}

/** Those that were generated; what the environment holds is kept with it. @returns their names */
export async function copySecrets(from: string, to: string): Promise<string[]> {
  const there = await readdir(from);
  const names = Object.values(SECRET_FILES).filter((name) => there.includes(name));
  if (names.length > 0) await mkdir(to, { recursive: true, mode: 0o700 });
  for (const name of names) await copyFile(path.join(from, name), path.join(to, name));
  return names;
}

async function requireAbsent(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (entries.length > 0) throw new BackupError(`${folder} is not empty; name another folder`);
}
