import { copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { MediaStore, StoredAsset } from '../media/media-store';
import { ownFilesOf } from './own-files';
import type { RowFiles } from './rows/row-tools';
import type { SampleFiles } from './sample-files';
import { seedRecords, type SeedRecord } from './seed-progress';

/** Stored at once; each waits for the disk, or for a provider. */
const AT_ONCE = 4;

interface Storing {
  record: SeedRecord;
  mediaStore: MediaStore;
  samples: SampleFiles;
  dataDir: string;
  onStored: () => void;
}

/**
 * Puts a copy of a sample into the store for each row that has files of its own. Run again after
 * anything, it leaves one file for each: their names are written down before.
 * @returns where each row finds its files
 * @throws ProviderError and others of the store
 */
export async function storeOwnFiles({
  record,
  mediaStore,
  samples,
  dataDir,
  onStored,
}: Storing): Promise<RowFiles> {
  const files = ownFilesOf(record.plan);
  const names = { ...record.plannedFiles };
  for (const { ownName, sample } of files) {
    names[ownName] ??= mediaStore.plan(samples.file(sample)).publicId;
  }
  await seedRecords().updateOne({ _id: record._id }, { $set: { plannedFiles: names } });

  const stored = new Map<string, StoredAsset>(Object.entries(record.storedFiles));
  const waiting = files.filter(({ ownName }) => !stored.has(ownName));
  const folder = path.join(dataDir, `seed-${record._id}`);
  await mkdir(folder, { recursive: true });
  const copies = new Map<string, Promise<string>>();
  /** The store may take the very file, which then must be neither ours nor old. */
  const copyOf = (sample: string): Promise<string> => {
    const known = copies.get(sample);
    if (known) return known;
    const copy = path.join(folder, sample);
    const made = copyFile(samples.file(sample).path, copy).then(() => copy);
    copies.set(sample, made);
    return made;
  };
  const storeNext = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { ownName, sample } = next;
      const file = { ...samples.file(sample), path: await copyOf(sample) };
      stored.set(ownName, await mediaStore.store(file, { publicId: names[ownName] }));
      onStored();
    }
  };
  const lanes = Array.from({ length: AT_ONCE }, storeNext);
  try {
    await Promise.all(lanes);
  } finally {
    // When one has failed the others begin nothing more, and what they have begun needs the folder.
    waiting.length = 0;
    await Promise.allSettled(lanes);
    await rm(folder, { recursive: true, force: true });
  }
  const storedFiles = Object.fromEntries(stored);
  await seedRecords().updateOne(
    { _id: record._id },
    { $set: { storedFiles } },
    { ignoreUndefined: true },
  );
  return { assetOf: (ownName, sample) => stored.get(ownName) ?? samples.shared(sample) };
}
