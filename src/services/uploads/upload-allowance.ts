import type { Types } from 'mongoose';
import type { Config } from '../../config';
import { driverCollection } from '../../db/driver-collection';
import { Upload } from '../../models/upload.model';
import { User } from '../../models/user.model';
import { ApiError } from '../../utils/api-error';
import { quotaExceeded } from './quota.service';
import { isLiving } from './upload-lease';

/** Enough for a folder of clips; more would only fill the disk with what nobody finishes. */
export const MAX_OPEN_UPLOADS = 100;

interface OpenUploads {
  count: number;
  bytes: number;
}

/** What an account has of resumable uploads that are neither published nor over. */
async function openUploadsOf(user: Types.ObjectId): Promise<OpenUploads> {
  const [found] = await Upload.aggregate<OpenUploads>([
    { $match: { user, ...isLiving() } },
    { $group: { _id: null, count: { $sum: 1 }, bytes: { $sum: '$bytes' } } },
  ]);
  return found ?? { count: 0, bytes: 0 };
}

async function storedBytesOf(user: Types.ObjectId): Promise<number> {
  const account = await driverCollection(User).findOne(
    { _id: user },
    { projection: { storedBytes: 1 } },
  );
  // Accounts of before the sum was introduced lack it.
  return account?.storedBytes ?? 0;
}

/**
 * What stands now, with what was just added to it: of two that are added at once, each sees at
 * least one too many, so together they cannot pass the limit.
 * @throws ApiError 413 QUOTA_EXCEEDED, 409 TOO_MANY_OPEN_UPLOADS
 */
export async function requireAllowance(
  user: Types.ObjectId,
  { maxBytesPerUser }: Pick<Config, 'maxBytesPerUser'>,
): Promise<void> {
  const [stored, open] = await Promise.all([storedBytesOf(user), openUploadsOf(user)]);
  if (stored + open.bytes > maxBytesPerUser) throw quotaExceeded(maxBytesPerUser);
  if (open.count > MAX_OPEN_UPLOADS) {
    throw ApiError.conflict(
      `You have ${MAX_OPEN_UPLOADS} uploads already; publish or delete some of them first`,
      { code: 'TOO_MANY_OPEN_UPLOADS' },
    );
  }
}

/**
 * Whether so many bytes more could still be stored; what is open need not be published.
 * @throws ApiError 413 QUOTA_EXCEEDED
 */
export async function requireRoomFor(
  user: Types.ObjectId,
  bytes: number,
  { maxBytesPerUser }: Pick<Config, 'maxBytesPerUser'>,
): Promise<void> {
  if ((await storedBytesOf(user)) + bytes > maxBytesPerUser) throw quotaExceeded(maxBytesPerUser);
}
