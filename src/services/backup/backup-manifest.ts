import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { BackupError } from './backup-error';

/** The parts of a backup, as names in its folder. */
export const PARTS = {
  manifest: 'backup.json',
  /** As mongodump writes it. */
  database: 'db',
  media: 'media',
  mediaList: 'media.jsonl',
  secrets: 'secrets',
} as const;

const manifestSchema = z.object({
  format: z.literal(1),
  createdAt: z.iso.datetime(),
  database: z.object({
    kind: z.enum(['embedded', 'external']),
    // As MongoDB restricts it, and none of the patterns that mongorestore knows.
    name: z.string().regex(/^[^/\\. "$*<>:|?\0]{1,63}$/),
    /** Documents, by collection. */
    collections: z.record(z.string(), z.number().int()),
  }),
  media: z.object({
    /** Of another kind than local, none are in the backup. */
    kind: z.enum(['local', 'cloudinary']),
    files: z.number().int(),
    bytes: z.number().int(),
  }),
  /** Files of generated secrets. */
  secrets: z.array(z.string()),
});

/** What a backup holds. It is written last: a folder without it is no whole backup. */
export type BackupManifest = z.output<typeof manifestSchema>;

export async function writeManifest(folder: string, manifest: BackupManifest): Promise<void> {
  const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
  await writeFile(path.join(folder, PARTS.manifest), text, { mode: 0o600 });
}

/** @throws BackupError when the folder holds no whole backup, or one of another format */
export async function readManifest(folder: string): Promise<BackupManifest> {
  const file = path.join(folder, PARTS.manifest);
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new BackupError(`${folder} holds no backup: ${file} cannot be read`, { cause: error });
  }
  const manifest = manifestSchema.safeParse(content);
  if (manifest.success) return manifest.data;
  throw new BackupError(`${file} is not of a backup that this version can restore`);
}
