import { Types } from 'mongoose';
import type { Logger } from 'pino';
import { Upload, type UploadFields } from '../../models/upload.model';

/** What a crash costs: until then, nobody knows that the request is no more. */
const LEASE_MILLISECONDS = 10_000;
const RENEWAL_MILLISECONDS = LEASE_MILLISECONDS / 4;

export interface LeaseOptions {
  logger: Logger;
  /** How long the upload lives from its last byte. */
  expirySeconds: number;
  /** Told, perhaps more than once, when another request waits for this lease. */
  onReleaseAsked?: () => void;
}

/** The right to write or to publish one upload, which one request has at a time. */
export interface UploadLease {
  /** The upload as it was when the lease was taken. */
  readonly upload: UploadFields;
  readonly token: Types.ObjectId;
  /** Aborted when the lease could not be kept: another may have it, so nothing must be written. */
  readonly signal: AbortSignal;
  /** Bytes came: the upload lives on. Told to the database with the next renewal or the release. */
  touch(): void;
  /** Gives it back. Never rejects: left behind, it runs out by itself. */
  release(changes?: Partial<Pick<UploadFields, 'finishedAt'>>): Promise<void>;
}

/** A free upload's filter; past `leasedUntil`, its holder is taken for dead. */
export function isFree(now: Date) {
  return { leasedUntil: { $lte: now } };
}

/** Of an upload that is not over; the TTL index may be a minute behind. */
export function isLiving(now = new Date()) {
  return { expiresAt: { $gt: now } };
}

/**
 * Takes the lease of an upload, in one round trip.
 * @returns undefined when another request has it, or there is no such upload
 */
export async function takeLease(
  filter: Partial<Pick<UploadFields, '_id' | 'user'>>,
  options: LeaseOptions,
): Promise<UploadLease | undefined> {
  const token = new Types.ObjectId();
  const now = new Date();
  const leasedUntil = leaseEnd(now);
  const upload = await Upload.findOneAndUpdate(
    { ...filter, ...isLiving(now), ...isFree(now) },
    { $set: { lease: token, leasedUntil, releaseAsked: false } },
    { returnDocument: 'after' },
  ).lean();
  return upload ? keep(upload, token, leasedUntil, options) : undefined;
}

/** Asks whoever has the lease to give it back. */
export async function askForRelease(uploadId: Types.ObjectId): Promise<void> {
  await Upload.updateOne({ _id: uploadId }, { $set: { releaseAsked: true } });
}

function keep(
  upload: UploadFields,
  token: Types.ObjectId,
  firstEnd: Date,
  { logger, expirySeconds, onReleaseAsked }: LeaseOptions,
): UploadLease {
  const { _id } = upload;
  const lost = new AbortController();
  let keptUntil = firstEnd;
  let touched = false;

  const life = () => (touched ? { expiresAt: new Date(Date.now() + expirySeconds * 1000) } : {});

  async function renew(): Promise<void> {
    const leasedUntil = leaseEnd(new Date());
    const renewed = await Upload.findOneAndUpdate(
      { _id, lease: token },
      { $set: { leasedUntil, ...life() } },
      { projection: { releaseAsked: 1 } },
    ).lean();
    if (!renewed) return lost.abort(new Error('the lease of an upload was taken by another'));
    keptUntil = leasedUntil;
    touched = false;
    if (renewed.releaseAsked) onReleaseAsked?.();
  }

  const renewal = setInterval(() => {
    // A process that was stopped for a while finds out before it writes on.
    if (new Date() >= keptUntil) lost.abort(new Error('the lease of an upload ran out'));
    renew().catch((error: unknown) => {
      logger.warn({ err: error, upload: _id }, 'could not renew the lease of an upload');
    });
  }, RENEWAL_MILLISECONDS);
  renewal.unref();

  return {
    upload,
    token,
    signal: lost.signal,
    touch: () => {
      touched = true;
    },
    release: async (changes = {}) => {
      clearInterval(renewal);
      const released = { ...changes, ...life(), leasedUntil: new Date(0), releaseAsked: false };
      await Upload.updateOne({ _id, lease: token }, { $set: released }).catch((error: unknown) => {
        logger.warn({ err: error, upload: _id }, 'could not give back the lease of an upload');
      });
    },
  };
}

function leaseEnd(now: Date): Date {
  return new Date(now.getTime() + LEASE_MILLISECONDS);
}
