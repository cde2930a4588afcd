import type { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { runInTransaction } from '../db/run-in-transaction';
import { User, type UserFields } from '../models/user.model';
import { invalidToken } from '../utils/authentication-errors';
import type { MediaFile } from './media/media-store';
import { removeQuietly } from './media/stored-assets';

/** What a person may say about themselves; another address must be proven first. */
export type ProfileChanges = Partial<
  Pick<UserFields, 'fullName' | 'username' | 'description' | 'pendingEmail'>
>;

type PictureDependencies = Pick<AppDependencies, 'mediaStore' | 'logger' | 'removals'>;

/**
 * Changes what a profile says; what is absent stays.
 * @param forgotten fields that go
 * @returns the account as it is now
 * @throws ApiError 401 when it is gone; 409 ALREADY_EXISTS, from the unique index, for a name that
 * is taken
 */
export async function updateProfile(
  userId: Types.ObjectId,
  changes: ProfileChanges,
  forgotten: { pendingEmail?: true } = {},
): Promise<UserFields> {
  const user = await User.findOneAndUpdate(
    { _id: userId },
    { $set: changes, $unset: forgotten },
    { returnDocument: 'after', runValidators: true },
  ).lean();
  if (!user) throw invalidToken();
  return user;
}

/**
 * Replaces a picture; the old one is deleted once the new one is committed.
 * @returns the account as it is now
 * @throws ApiError 401 when the account is gone, and whatever the store throws; then nothing has changed
 */
export async function replacePicture(
  { mediaStore, logger, removals }: PictureDependencies,
  userId: Types.ObjectId,
  field: 'avatar' | 'coverImage',
  file: MediaFile,
): Promise<UserFields> {
  const picture = await mediaStore.store(file);
  const updatedAt = new Date();
  const replace = () =>
    runInTransaction(async (session) => {
      const before = await User.findOneAndUpdate(
        { _id: userId },
        { $set: { [field]: picture, updatedAt } },
        { session, returnDocument: 'before', timestamps: false },
      ).lean();
      if (!before) throw invalidToken();
      const removal =
        before[field] &&
        (await removals.schedule(
          { kind: 'asset', target: userId, assets: [before[field]] },
          session,
        ));
      return { user: { ...before, [field]: picture, updatedAt }, removal };
    });
  const { user, removal } = await replace().catch(async (error: unknown) => {
    await removeQuietly(mediaStore, logger, picture);
    throw error;
  });
  if (removal) await removals.run(removal);
  return user;
}
