import { createHash } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, open, readdir, realpath, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { linkIfPossible } from '../../utils/link-if-possible';
import { syncPath } from '../../utils/sync-path';
import { unlinkIfPresent } from '../../utils/unlink-if-present';
import { newDraft } from '../media/local-names';
import { BackupError } from './backup-error';

const entrySchema = z.object({
  /** From the folder of the media on; with slashes. */
  path: z.string(),
  bytes: z.number().int(),
  /** Absent in a quick backup. */
  sha256: z.string().optional(),
});

/** A file of the local store, as the list of a backup has it: one JSON object a line. */
export type MediaEntry = z.output<typeof entrySchema>;

export interface MediaAmount {
  files: number;
  bytes: number;
}

/**
 * Copies the local store and writes the list of what was copied. A stored file is never changed, so a
 * second name for it is as good as a copy, as long as its disk is. What is deleted meanwhile is left out.
 * @param hash whether each file is read and its SHA-256 listed
 */
export async function copyMedia(
  { from, to, list }: { from: string; to: string; list: string },
  { hash }: { hash: boolean },
): Promise<MediaAmount> {
  const amount: MediaAmount = { files: 0, bytes: 0 };
  await mkdir(to, { recursive: true });
  async function* lines(): AsyncGenerator<string> {
    for await (const name of storedFiles(from, '')) {
      const target = path.join(to, name);
      if (!(await place(path.join(from, name), target))) continue;
      const { size: bytes } = await stat(target);
      const entry: MediaEntry = {
        path: name,
        bytes,
        ...(hash && { sha256: await sha256Of(target) }),
      };
      amount.files += 1;
      amount.bytes += bytes;
      yield `${JSON.stringify(entry)}\n`;
    }
  }
  await pipeline(lines, createWriteStream(list, { mode: 0o600 }));
  return amount;
}

/**
 * Checks that every listed file is there and whole.
 * @throws BackupError naming the first that is not
 */
export async function verifyMedia(list: string, folder: string): Promise<MediaAmount> {
  const amount: MediaAmount = { files: 0, bytes: 0 };
  for await (const { path: name, bytes, sha256 } of readList(list)) {
    const file = path.join(folder, name);
    await requireNoLink(folder, name);
    const found = await stat(file).catch(() => undefined);
    if (found?.size !== bytes)
      throw new BackupError(`${file} is missing or not ${bytes} bytes long`);
    if (sha256 !== undefined && (await sha256Of(file)) !== sha256) {
      throw new BackupError(`${file} is damaged: its SHA-256 is not the one that was listed`);
    }
    amount.files += 1;
    amount.bytes += bytes;
  }
  return amount;
}

/** Puts every listed file into the store; those that are there already stay. */
export async function restoreMedia(list: string, folder: string, to: string): Promise<void> {
  for await (const { path: name } of readList(list)) {
    await place(path.join(folder, name), path.join(to, name));
  }
}

/** A symbolic link would put what it points to into the store, where anybody may read it. */
async function requireNoLink(folder: string, name: string): Promise<void> {
  const file = path.join(folder, name);
  const real = await realpath(file).catch(ifAbsent(undefined));
  if (real === undefined || real === path.join(await realpath(folder), name)) return;
  throw new BackupError(`${file} is a link, which no backup holds`);
}

async function* readList(list: string): AsyncGenerator<MediaEntry> {
  const file = await open(list);
  try {
    for await (const line of file.readLines()) {
      const entry = readEntry(line);
      // A name that leads elsewhere was not written by us.
      if (!entry || entry.path.split(/[/\\]/).includes('..')) {
        throw new BackupError(`${list} is damaged`);
      }
      yield entry;
    }
  } finally {
    await file.close();
  }
}

function readEntry(line: string): MediaEntry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Files and their renditions, folder by folder; not what is still being written. */
async function* storedFiles(root: string, folder: string): AsyncGenerator<string> {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch(
    ifAbsent([]),
  );
  for (const entry of entries) {
    if (entry.name.includes('.part-') || entry.name.startsWith('.')) continue;
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) yield* storedFiles(root, name);
    else if (entry.isFile()) yield name;
  }
}

/** @returns false when the file was deleted meanwhile */
async function place(from: string, to: string): Promise<boolean> {
  await mkdir(path.dirname(to), { recursive: true });
  try {
    if (!(await linkIfPossible(from, to))) await copyWhole(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // One name, one content: names are never used again.
    if (code === 'EEXIST') return true;
    if (code === 'ENOENT') return false;
    throw error;
  }
}

/** Under its name when it is whole, as whoever comes next takes it for that. */
async function copyWhole(from: string, to: string): Promise<void> {
  const draft = newDraft(to);
  try {
    await copyFile(from, draft, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await syncPath(draft);
    await rename(draft, to);
  } finally {
    await unlinkIfPresent(draft);
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

function ifAbsent<Value>(value: Value): (error: unknown) => Value {
  return (error) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return value;
    throw error;
  };
}
