import { Types } from 'mongoose';
import type { Logger } from 'pino';
import { isDuplicateKey } from '../../db/duplicate-key';
import { ExportLease } from '../../models/export-lease.model';
import { ApiError } from '../../utils/api-error';

/** What a crash costs: until then, nobody knows that the export is no more. */
const LEASE_MILLISECONDS = 60_000;
const RENEWAL_MILLISECONDS = LEASE_MILLISECONDS / 3;

/**
 * Runs a person's export while no other of theirs runs, at whatever instance.
 * @returns what `work` returns, or throws what it throws
 * @throws ApiError 409 EXPORT_IN_PROGRESS
 */
export async function whileNoOtherExport<T>(
  userId: Types.ObjectId,
  logger: Logger,
  work: () => Promise<T>,
): Promise<T> {
  const holder = new Types.ObjectId();
  await take(userId, holder);
  const renewal = setInterval(() => {
    ExportLease.updateOne({ _id: userId, holder }, { $set: { expiresAt: leaseEnd() } }).catch(
      (error: unknown) => logger.warn({ err: error }, 'could not renew the lease of an export'),
    );
  }, RENEWAL_MILLISECONDS);
  renewal.unref();
  try {
    return await work();
  } finally {
    clearInterval(renewal);
    // Left behind, it runs out by itself.
    await ExportLease.deleteOne({ _id: userId, holder }).catch((error: unknown) => {
      logger.warn({ err: error }, 'could not give back the lease of an export');
    });
  }
}

/** The unique `_id` decides: where a lease lives, the filter finds nothing and the insert fails. */
async function take(userId: Types.ObjectId, holder: Types.ObjectId): Promise<void> {
  try {
    await ExportLease.updateOne(
      { _id: userId, expiresAt: { $lte: new Date() } },
      { $set: { holder, expiresAt: leaseEnd() } },
      { upsert: true },
    );
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    throw ApiError.conflict('Your data is being exported already; please wait until that is done', {
      code: 'EXPORT_IN_PROGRESS',
    });
  }
}

function leaseEnd(): Date {
  return new Date(Date.now() + LEASE_MILLISECONDS);
}
