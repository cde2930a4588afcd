import type { ClientSession, Types } from 'mongoose';
import type { Config } from '../../config';
import { User } from '../../models/user.model';
import { ApiError } from '../../utils/api-error';
import { invalidToken } from '../../utils/authentication-errors';

type QuotaConfig = Pick<Config, 'maxBytesPerUser'>;

/** Bytes of these files or assets together; absent ones have none. */
export function bytesOf(...files: readonly ({ bytes: number } | undefined)[]): number {
  return files.reduce((sum, file) => sum + (file?.bytes ?? 0), 0);
}

/**
 * Moves the stored sum of an account's bytes, whatever its quota says. Call it in the transaction
 * that removes assets.
 * @returns whether the account is still there
 */
export async function moveStoredBytes(
  owner: Types.ObjectId,
  bytes: number,
  session: ClientSession | undefined,
): Promise<boolean> {
  const { matchedCount } = await User.updateOne(
    { _id: owner },
    { $inc: { storedBytes: bytes } },
    // A sum is no edit of the profile: updatedAt stays.
    { session, timestamps: false },
  );
  return matchedCount > 0;
}

/**
 * Adds bytes to an account that must stay within its quota. Call it in the transaction that commits
 * the assets: the sum and its limit are one write, so parallel uploads cannot pass it together.
 * @param bytes below zero when what is replaced was larger, which always fits
 * @throws ApiError 413 QUOTA_EXCEEDED; 401 when the account is gone
 */
export async function growStoredBytes(
  { maxBytesPerUser }: QuotaConfig,
  owner: Types.ObjectId,
  bytes: number,
  session: ClientSession | undefined,
): Promise<void> {
  if (bytes === 0) return;
  const { matchedCount } = await User.updateOne(
    bytes < 0 ? { _id: owner } : withRoomFor(owner, bytes, maxBytesPerUser),
    { $inc: { storedBytes: bytes } },
    { session, timestamps: false },
  );
  if (matchedCount === 0) throw await growthRefusal({ maxBytesPerUser }, owner, session);
}

/** A filter for this account, if so many bytes more still fit. */
export function withRoomFor(
  owner: Types.ObjectId,
  bytes: number,
  maxBytesPerUser: number,
): Record<string, unknown> {
  // `$not`, as accounts of before the sum was introduced lack it.
  return { _id: owner, storedBytes: { $not: { $gt: maxBytesPerUser - bytes } } };
}

/** Why `withRoomFor` found nobody. */
export async function growthRefusal(
  { maxBytesPerUser }: QuotaConfig,
  owner: Types.ObjectId,
  session: ClientSession | undefined,
): Promise<ApiError> {
  const isThere = await User.exists({ _id: owner }).session(session ?? null);
  return isThere ? quotaExceeded(maxBytesPerUser) : invalidToken();
}

/** 413: the files of this account would be larger than it may have. */
export function quotaExceeded(maxBytesPerUser: number): ApiError {
  return ApiError.payloadTooLarge(
    `All your files together may have at most ${maxBytesPerUser} bytes; delete some first`,
    { code: 'QUOTA_EXCEEDED' },
  );
}
