import { setTimeout as pause } from 'node:timers/promises';
import type { Lock, Locker } from '@tus/server';
import { Types } from 'mongoose';
import type { Logger } from 'pino';
import { Upload } from '../../models/upload.model';
import { uploadLocked, uploadNotFound } from './upload-errors';
import { askForRelease, isLiving, takeLease, type UploadLease } from './upload-lease';

/** How long a request waits for the one before it, which the client may have given up long ago. */
const PATIENCE_MILLISECONDS = 5_000;
const POLL_MILLISECONDS = 100;

interface LockerOptions {
  logger: Logger;
  expirySeconds: number;
}

/** What the writing side needs to know of the locks that requests of this process hold. */
export interface UploadLocker extends Locker {
  /** @throws Error when this process does not hold it: a programming error */
  leaseOf(uploadId: string): UploadLease;
}

/**
 * tus asks for one request at a time per upload, and for the newer to prevail: a connection that
 * broke unseen would otherwise block the upload that it belonged to. The lock is a lease in the
 * database, so that it holds between instances and does not outlive its process for long.
 */
export function createUploadLocker({ logger, expirySeconds }: LockerOptions): UploadLocker {
  const held = new Map<string, { lease: UploadLease; makeRoom: () => void }>();

  async function acquire(
    id: string,
    signal: AbortSignal,
    makeRoom: () => void,
  ): Promise<UploadLease> {
    const _id = new Types.ObjectId(id);
    const options = { logger, expirySeconds, onReleaseAsked: makeRoom };
    const giveUpAt = Date.now() + PATIENCE_MILLISECONDS;
    for (let attempt = 0; Date.now() < giveUpAt && !signal.aborted; attempt += 1) {
      const lease = await takeLease({ _id }, options);
      if (lease) return lease;
      if (attempt === 0) {
        if (!(await Upload.exists({ _id, ...isLiving() }))) throw uploadNotFound();
        // At once within this process; others see it when they renew.
        held.get(id)?.makeRoom();
        await askForRelease(_id);
      }
      await pause(POLL_MILLISECONDS);
    }
    throw uploadLocked();
  }

  return {
    newLock(id): Lock {
      let lease: UploadLease | undefined;
      return {
        async lock(signal, requestRelease) {
          const makeRoom = (): void => void requestRelease();
          lease = await acquire(id, signal, makeRoom);
          held.set(id, { lease, makeRoom });
        },
        async unlock() {
          if (held.get(id)?.lease === lease) held.delete(id);
          await lease?.release();
        },
      };
    },

    leaseOf(uploadId) {
      const entry = held.get(uploadId);
      if (!entry) throw new Error('Nobody holds the lock of this upload');
      return entry.lease;
    },
  };
}
