import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { BackupError } from './backup-error';

const SUFFIX = '.bson';
const LENGTH_BYTES = 4;

/**
 * Counts the documents of a dump by walking from one to the next.
 * @param folder one database in the dump
 * @returns by collection
 * @throws BackupError when a file ends in the middle of a document
 */
export async function countDump(folder: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of (await readdir(folder)).sort()) {
    if (!name.endsWith(SUFFIX)) continue;
    counts[name.slice(0, -SUFFIX.length)] = await countDocuments(path.join(folder, name));
  }
  return counts;
}

/** A document begins with its own length (bsonspec.org); what lies in between is passed over. */
async function countDocuments(file: string): Promise<number> {
  let documents = 0;
  let pending: Buffer = Buffer.alloc(0);
  let toSkip = 0;
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let rest = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (;;) {
      const skipped = Math.min(toSkip, rest.length);
      rest = rest.subarray(skipped);
      toSkip -= skipped;
      if (toSkip > 0 || rest.length < LENGTH_BYTES) break;
      toSkip = rest.readInt32LE(0);
      if (toSkip <= LENGTH_BYTES) throw new BackupError(`${file} is damaged`);
      documents += 1;
    }
    pending = rest;
  }
  if (toSkip > 0 || pending.length > 0) throw new BackupError(`${file} is cut short`);
  return documents;
}
