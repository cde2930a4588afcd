import type { MediaFile, MediaStore, PlannedAsset, StoredAsset } from './media-store';

/** A file, and the name that it gets in the store. */
export type NamedFile = MediaFile & Pick<PlannedAsset, 'publicId'>;

/**
 * Stores several files at once under names that were planned before.
 * @returns their assets, in the same order
 * @throws whatever the store threw first, once no store call is under way any more. What has been
 * stored by then stays: whoever keeps the names removes it, or stores it again
 */
export async function storeUnder(
  store: MediaStore,
  files: readonly NamedFile[],
  signal?: AbortSignal,
): Promise<StoredAsset[]> {
  const failed = new AbortController();
  const signals = signal ? [signal, failed.signal] : [failed.signal];
  const failures: unknown[] = [];
  const outcomes = await Promise.all(
    files.map(({ publicId, ...file }) =>
      store.store(file, { publicId, signal: AbortSignal.any(signals) }).catch((error: unknown) => {
        failures.push(error);
        // Nobody needs the others any more.
        failed.abort();
        return undefined;
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
  return outcomes.filter((asset) => asset !== undefined);
}
