import { isForeign } from '../media/foreign-asset';
import type { ListedAsset, MediaStore } from '../media/media-store';
import { mediaReferences, stillRefers, type Place } from './media-references';
import { NameIndex } from './name-index';

/** Findings kept in memory at a time; a further run finds the rest. */
const MOST_FINDINGS = 100_000;

export interface StoredMediaReport {
  /** Files in the store. */
  stored: number;
  /** References of users, videos and files of their own. */
  references: number;
  /** Files older than asked that nothing refers to. */
  orphans: ListedAsset[];
  /** References whose file is not in the store. */
  missing: Place[];
}

/**
 * Compares the store with the database, in both directions.
 *
 * Nothing finds a document by the name of its file but this: five indexes of names that no order
 * compresses, written with every publish, would serve it alone. So it reads the references twice. The
 * first time it keeps digests of their names; the store's list is held against those, and the few
 * files that are left are looked for, name by name, in the second reading. On the embedded database
 * and two busy cores a reading of 60 000 videos took nine seconds, so one of a million takes about two
 * and a half minutes; the digests of their two million names, and of as many files, take 34 MB.
 *
 * Right beside a running server: the second reading begins when all files have been listed, and
 * `mediaReferences` tells why it cannot miss the reference of a listed file. The age is one more
 * safeguard, for stores that show a file before its upload has been answered.
 */
export async function compareStoredMedia(
  mediaStore: MediaStore,
  olderThan: Date,
): Promise<StoredMediaReport> {
  const known = new NameIndex();
  for await (const { publicId } of mediaReferences()) known.add(publicId);

  const stored = new NameIndex();
  const suspects = new Map<string, ListedAsset>();
  for await (const asset of mediaStore.list()) {
    stored.add(asset.publicId);
    if (asset.createdAt >= olderThan || known.has(asset.publicId)) continue;
    if (suspects.size < MOST_FINDINGS) suspects.set(asset.publicId, asset);
  }

  const absent: Place[] = [];
  let references = 0;
  for await (const { publicId, place } of mediaReferences()) {
    suspects.delete(publicId);
    if (!place || !isOf(mediaStore, place)) continue;
    references += 1;
    if (!stored.has(publicId) && absent.length < MOST_FINDINGS) absent.push(place);
  }
  const missing = await stillMissing(mediaStore, absent);
  return { stored: stored.size, references, orphans: [...suspects.values()], missing };
}

/** Files that others keep, or that were kept before the store was changed, are not this one's. */
function isOf({ kind }: MediaStore, { asset }: Place): boolean {
  return !isForeign(asset) && asset.url.startsWith('/') === (kind === 'local');
}

/** Without what was stored since the list was read, or is referred to no more. */
async function stillMissing(mediaStore: MediaStore, absent: readonly Place[]): Promise<Place[]> {
  const missing: Place[] = [];
  for (const place of absent) {
    if (await mediaStore.has(place.asset)) continue;
    if (await stillRefers(place)) missing.push(place);
  }
  return missing;
}
