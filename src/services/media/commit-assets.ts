import type { ClientSession, Types } from 'mongoose';
import type { AppDependencies } from '../../app-dependencies';
import { runInTransaction } from '../../db/run-in-transaction';
import type { MediaFile, StoredAsset } from './media-store';
import { storeUnder } from './stored-assets';

type StoredAssets<Files> = {
  [Name in keyof Files]: undefined extends Files[Name] ? StoredAsset | undefined : StoredAsset;
};

/**
 * Stores files and commits what refers to them, both or neither: their names are noted as a removal
 * before the first byte goes out, and the transaction that commits the reference withdraws it. So a
 * crash anywhere in between leaves nothing behind.
 * @param target the id of what refers to the files
 * @param files named files; absent ones stay absent in what `commit` gets
 * @param commit writes the reference with the session that it is given; may be repeated
 * @returns what `commit` returns
 * @throws whatever the store or `commit` throws, after what was stored has been removed again
 */
export async function commitAssets<Files extends Record<string, MediaFile | undefined>, Result>(
  { mediaStore, removals }: Pick<AppDependencies, 'mediaStore' | 'removals'>,
  target: Types.ObjectId,
  files: Files,
  commit: (assets: StoredAssets<Files>, session: ClientSession | undefined) => Promise<Result>,
): Promise<Result> {
  const named = Object.entries(files).flatMap(([name, file]) =>
    file ? [{ name, file, planned: mediaStore.plan(file) }] : [],
  );
  const assets = named.map(({ planned }) => planned);
  const removal = { kind: 'asset' as const, target, assets };
  const intent = await removals.schedule(removal, undefined);
  const letGo = removals.hold(intent);
  let isWithdrawn = false;
  try {
    const stored = await storeUnder(
      mediaStore,
      named.map(({ file, planned }) => ({ ...file, publicId: planned.publicId })),
    );
    const storedAssets = Object.fromEntries(
      named.map(({ name }, index) => [name, stored[index]]),
    ) as StoredAssets<Files>;
    return await runInTransaction(async (session) => {
      isWithdrawn = false;
      await removals.withdraw(intent, session);
      isWithdrawn = true;
      return commit(storedAssets, session);
    });
  } catch (error) {
    // From there on, the reference may have been committed: then the intent is gone with reason.
    await (isWithdrawn ? removals.run(intent) : removals.undo(intent, removal));
    throw error;
  } finally {
    letGo();
  }
}
