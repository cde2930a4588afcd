import type { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { driverCollection } from '../db/driver-collection';
import { User, type UserFields } from '../models/user.model';
import { invalidToken } from '../utils/authentication-errors';
import { commitAssets } from './media/commit-assets';
import type { MediaFile } from './media/media-store';
import { bytesOf, growStoredBytes } from './uploads/quota.service';

/** What a person may say about themselves; another address must be proven first. */
export type ProfileChanges = Partial<
  Pick<UserFields, 'fullName' | 'username' | 'description' | 'pendingEmail'>
>;

/**
 * The account of a person who is signed in, without the password's hash. Every page of a frontend
 * begins with it.
 * @throws ApiError 401 when it is gone
 */
export async function getAccount(userId: Types.ObjectId): Promise<Omit<UserFields, 'password'>> {
  const user = await driverCollection(User).findOne(
    { _id: userId },
    { projection: { password: 0 } },
  );
  if (!user) throw invalidToken();
  return user;
}

type PictureDependencies = Pick<AppDependencies, 'config' | 'mediaStore' | 'removals'>;

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
  dependencies: PictureDependencies,
  userId: Types.ObjectId,
  field: 'avatar' | 'coverImage',
  file: MediaFile,
): Promise<UserFields> {
  const { config, removals } = dependencies;
  const updatedAt = new Date();
  const { user, removal } = await commitAssets(
    dependencies,
    userId,
    { picture: file },
    async ({ picture }, session) => {
      const before = await User.findOneAndUpdate(
        { _id: userId },
        { $set: { [field]: picture, updatedAt } },
        { session, returnDocument: 'before', timestamps: false },
      ).lean();
      if (!before) throw invalidToken();
      const old = before[field];
      await growStoredBytes(config, userId, picture.bytes - bytesOf(old), session);
      const replaced = { kind: 'asset' as const, target: userId, assets: [old] };
      return {
        user: { ...before, [field]: picture, updatedAt },
        removal: old && (await removals.schedule(replaced, session)),
      };
    },
  );
  if (removal) await removals.run(removal);
  return user;
}
