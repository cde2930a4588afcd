import { Types } from 'mongoose';
import type { Logger } from 'pino';
import { driverCollection } from '../../db/driver-collection';
import { retryUpsert } from '../../db/duplicate-key';
import { UploadSlot } from '../../models/upload-slot.model';

/** What a crash costs: until then, nobody knows that the upload has ended. */
const SLOT_MILLISECONDS = 30_000;
const RENEWAL_MILLISECONDS = SLOT_MILLISECONDS / 3;

/** Gives the slot back. May be called again; never rejects. */
export type ReleaseSlot = () => void;

export interface UploadSlots {
  /**
   * Takes one of a key's slots, in one round trip.
   * @param key an account's id, or a network of guests
   * @returns undefined when all are taken, at all instances together
   */
  take(key: string): Promise<ReleaseSlot | undefined>;
}

/** Counts the uploads of each key that are coming in right now. */
export function createUploadSlots({
  maxConcurrentUploads,
  logger,
}: {
  maxConcurrentUploads: number;
  logger: Logger;
}): UploadSlots {
  /** Renews until released. What cannot be written is logged: the slot then runs out by itself. */
  function hold(key: string, holder: Types.ObjectId): ReleaseSlot {
    const complain = (error: unknown): void =>
      logger.warn({ err: error }, 'could not renew or give back the slot of an upload');
    const renewal = setInterval(() => {
      const until = slotEnd();
      collection()
        .updateOne(
          { _id: key, 'holders._id': holder },
          { $set: { 'holders.$.until': until }, $max: { expiresAt: until } },
        )
        .catch(complain);
    }, RENEWAL_MILLISECONDS);
    renewal.unref();
    let released = false;
    return () => {
      if (released) return;
      released = true;
      clearInterval(renewal);
      collection()
        .updateOne({ _id: key }, { $pull: { holders: { _id: holder } } })
        .catch(complain);
    };
  }

  return {
    async take(key) {
      const holder = new Types.ObjectId();
      const slots = await retryUpsert(() =>
        collection().findOneAndUpdate(
          { _id: key },
          [joinIfRoom({ _id: holder, until: slotEnd() }, maxConcurrentUploads)],
          { upsert: true, returnDocument: 'after' },
        ),
      );
      const isIn = slots?.holders.some(({ _id }) => _id.equals(holder));
      return isIn ? hold(key, holder) : undefined;
    },
  };
}

const collection = () => driverCollection(UploadSlot);

/** A stage that drops the dead and adds the newcomer if fewer than `most` live. */
function joinIfRoom(newcomer: { _id: Types.ObjectId; until: Date }, most: number) {
  const living = {
    $filter: {
      input: { $ifNull: ['$holders', []] },
      cond: { $gt: ['$$this.until', new Date()] },
    },
  };
  const joined = { $concatArrays: ['$$living', [newcomer]] };
  const hasRoom = { $lt: [{ $size: '$$living' }, most] };
  return {
    $set: {
      holders: {
        $let: { vars: { living }, in: { $cond: [hasRoom, joined, '$$living'] } },
      },
      expiresAt: { $max: ['$expiresAt', newcomer.until] },
    },
  };
}

function slotEnd(): Date {
  return new Date(Date.now() + SLOT_MILLISECONDS);
}
