import type { Config } from '../../config';
import type { ListedAsset, MediaStore } from '../media/media-store';
import { findLeftOverUploads, type LeftOver } from './left-overs';
import type { Place } from './media-references';
import { compareStoredMedia } from './stored-media';

export interface MediaReconcileOptions {
  config: Pick<Config, 'dataDir' | 'tempDir' | 'uploadsDir'>;
  mediaStore: MediaStore;
  /** Files written since then are let be. */
  olderThan: Date;
  /** Removes what is left over. What is missing nobody can bring back. */
  fix: boolean;
  /** Removes it even if that is most of the store. */
  allowMost: boolean;
}

/** What belongs to nothing, or is not where it belongs. */
export type MediaFinding =
  | ({ what: 'stored file' } & Pick<ListedAsset, 'publicId' | 'bytes' | 'createdAt'>)
  | Pick<LeftOver, 'what' | 'name'>
  | { what: 'missing file'; publicId: string; place: string };

export interface MediaReport {
  /** Files in the store, and references to them. */
  stored: number;
  references: number;
  leftOver: number;
  missing: number;
}

/** Fewer than these may be most of a store that has hardly begun. */
const FEW = 100;

/**
 * Finds files that nothing refers to, in the store and on their way to it, and references without a
 * file; with `fix`, removes the files. Safe beside running servers, see `compareStoredMedia`.
 * @param onFinding told of each; a file is removed after it was told of
 * @throws Error, and removes nothing, when more files would go than stay: then it is more likely that
 * the database is not the one whose files these are
 * @throws ProviderError when the store's provider is away
 */
export async function reconcileMedia(
  options: MediaReconcileOptions,
  onFinding: (finding: MediaFinding) => void,
): Promise<MediaReport> {
  const { config, mediaStore, olderThan, fix } = options;
  const { stored, references, orphans, missing } = await compareStoredMedia(mediaStore, olderThan);
  const leftOvers = await findLeftOverUploads(config, olderThan);

  for (const { publicId, bytes, createdAt } of orphans) {
    onFinding({ what: 'stored file', publicId, bytes, createdAt });
  }
  for (const { what, name } of leftOvers) onFinding({ what, name });
  for (const place of missing) {
    onFinding({ what: 'missing file', publicId: place.asset.publicId, place: nameOf(place) });
  }

  if (fix) {
    refuseMost(options, orphans.length, stored);
    for (const orphan of orphans) await mediaStore.remove(orphan);
    for (const leftOver of leftOvers) await leftOver.remove();
  }
  const leftOver = orphans.length + leftOvers.length;
  return { stored, references, leftOver, missing: missing.length };
}

function refuseMost(
  { allowMost }: Pick<MediaReconcileOptions, 'allowMost'>,
  orphans: number,
  stored: number,
): void {
  if (allowMost || orphans <= FEW || orphans <= stored / 2) return;
  throw new Error(
    `${orphans} of ${stored} stored files are unknown to this database; is it the right one? ` +
      'Nothing was removed; --allow-most removes them',
  );
}

/** For people: `videos.videoFile of 6650f1c2a4b5c6d7e8f90123`. */
function nameOf({ collection, field, id }: Place): string {
  return `${collection.collectionName}.${field} of ${id.toString()}`;
}
