import type { Logger } from 'pino';
import type { MediaFile, MediaStore, StoredAsset, StoreOptions } from './media-store';

type StoredAssets<Files> = {
  [Name in keyof Files]: undefined extends Files[Name] ? StoredAsset | undefined : StoredAsset;
};

/**
 * Stores several files as one: all of them, or none.
 * @param files named files; absent ones stay absent in the answer
 * @throws whatever the store threw first, after what was already stored has been removed
 */
export async function storeAll<Files extends Record<string, MediaFile | undefined>>(
  store: MediaStore,
  logger: Logger,
  files: Files,
  options?: StoreOptions,
): Promise<StoredAssets<Files>> {
  const names = Object.keys(files).filter((name) => files[name] !== undefined);
  const outcomes = await Promise.allSettled(
    names.map((name) => store.store(files[name] as MediaFile, options)),
  );
  const stored = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? [outcome.value] : [],
  );
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) {
    await removeQuietly(store, logger, ...stored);
    throw failure.reason;
  }
  return Object.fromEntries(
    names.map((name, index) => [name, stored[index]]),
  ) as StoredAssets<Files>;
}

/**
 * Deletes assets that nothing refers to any more. A failure is logged and not thrown: the request
 * that caused it has been decided already.
 */
export async function removeQuietly(
  store: MediaStore,
  logger: Logger,
  ...assets: readonly (StoredAsset | undefined)[]
): Promise<void> {
  for (const asset of assets) {
    if (!asset) continue;
    await store.remove(asset).catch((error: unknown) => {
      logger.error({ err: error, publicId: asset.publicId }, 'could not delete a stored asset');
    });
  }
}
