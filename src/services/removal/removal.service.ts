import { Types, type ClientSession } from 'mongoose';
import type { Logger } from 'pino';
import { Removal, type RemovalFields } from '../../models/removal.model';
import { isForeign } from '../media/foreign-asset';
import type { MediaStore, PlannedAsset } from '../media/media-store';
import { ApiError } from '../../utils/api-error';
import { withPatience } from '../../utils/with-patience';
import { REMOVAL_STEPS } from './removal-steps';
import type { OnProgress } from './step-tools';

/** A removal that has shown no life for this long may be taken up by another instance. */
const LEASE_MILLISECONDS = 60_000;
const SWEEP_MILLISECONDS = 30_000;
/**
 * Whoever found a thing just before it was deleted may still hang a row on it, such as an entry of
 * a history, after those have been cleared away. So they are once more, when such requests must be
 * over; checking with every row that is written would make everybody pay for it.
 */
const SETTLE_MILLISECONDS = 60_000;
/** How long the request that deletes a thing waits for its rows to be gone too. */
const PATIENCE_MILLISECONDS = 2_000;

/** What is to be removed; absent assets are left out. */
export type NewRemoval = Pick<RemovalFields, 'kind' | 'target'> & {
  assets?: (PlannedAsset | undefined)[];
};

/** Clears away what deleted things leave behind, whatever breaks in between. */
export interface Removals {
  /**
   * Call it in the transaction that deletes the thing.
   * @returns the id to `run` after the commit
   */
  schedule(removal: NewRemoval, session: ClientSession | undefined): Promise<Types.ObjectId>;
  /**
   * Does what was scheduled: before this resolves when that is quick, in the background otherwise.
   * Never rejects, as the deletion itself is committed.
   */
  run(removalId: Types.ObjectId): Promise<void>;
  /**
   * Keeps everybody from taking up what is only to be removed if something fails.
   * @returns ends that; the removal is due once its lease runs out
   */
  hold(removalId: Types.ObjectId): () => void;
  /**
   * Takes back a removal that nobody has taken up. Call it in the transaction that makes it void.
   * @throws ApiError 503 when somebody has, e.g. as the database was away for longer than the lease
   */
  withdraw(removalId: Types.ObjectId, session: ClientSession | undefined): Promise<void>;
  /**
   * Does what was held back, as it is known that nothing makes it void any more. Once more if somebody
   * has taken it up: perhaps before there was anything to remove. Never rejects, as `run`.
   */
  undo(removalId: Types.ObjectId, removal: NewRemoval): Promise<void>;
  /** Takes up, now and then, what others left unfinished. */
  start(): void;
  /** Lets running removals finish their batch; what is left is done after the next start. */
  stop(): Promise<void>;
}

interface RemovalDependencies {
  mediaStore: MediaStore;
  logger: Logger;
}

/** One remover per process; several processes share the work through leases. */
export function createRemovals({ mediaStore, logger }: RemovalDependencies): Removals {
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let stopping = false;

  const track = (work: Promise<void>): Promise<void> => {
    running.add(work);
    return work.finally(() => running.delete(work));
  };

  /** @throws StoppedError between two batches once we are stopping */
  async function keepAlive(_id: Types.ObjectId): Promise<void> {
    if (stopping) throw new StoppedError();
    await Removal.updateOne({ _id }, { $set: { leasedUntil: leaseEnd() } });
  }

  /** Never rejects: what fails is logged, and the next sweep tries again once the lease runs out. */
  async function finish(removalId: Types.ObjectId, onProgress: OnProgress = noop): Promise<void> {
    try {
      const removal = await Removal.findById(removalId).lean();
      if (removal) await clearAway(removal, onProgress);
    } catch (error) {
      logger.error({ err: error, removal: removalId }, 'could not clear away a deleted thing');
    }
  }

  async function clearAway(
    { _id, kind, target, assets, cleared }: RemovalFields,
    onProgress: OnProgress,
  ): Promise<void> {
    const stayAlive = async (): Promise<void> => {
      await keepAlive(_id);
      // A removal that is part of another keeps that one alive too.
      await onProgress();
    };
    try {
      await REMOVAL_STEPS[kind](target, {
        onProgress: stayAlive,
        removals: { schedule, finish },
      });
    } catch (error) {
      if (!(error instanceof StoppedError)) throw error;
      await Removal.updateOne({ _id }, { $set: { leasedUntil: new Date() } });
      return;
    }
    for (const asset of assets) await mediaStore.remove(asset);
    if (cleared || kind === 'asset') {
      await Removal.deleteOne({ _id });
      return;
    }
    const leasedUntil = new Date(Date.now() + SETTLE_MILLISECONDS);
    await Removal.updateOne({ _id }, { $set: { cleared: true, assets: [], leasedUntil } });
  }

  async function sweep(): Promise<void> {
    while (!stopping) {
      const removal = await Removal.findOneAndUpdate(
        { leasedUntil: { $lte: new Date() } },
        { $set: { leasedUntil: leaseEnd() }, $inc: { attempts: 1 } },
        { sort: { leasedUntil: 1 }, returnDocument: 'after' },
      ).lean();
      if (!removal) return;
      await finish(removal._id);
    }
  }

  const sweepQuietly = (): void => {
    void track(
      sweep().catch((error: unknown) => {
        logger.error({ err: error }, 'could not look for unfinished removals');
      }),
    );
  };

  function hold(removalId: Types.ObjectId): () => void {
    const timer = setInterval(() => {
      keepAlive(removalId).catch((error: unknown) => {
        logger.warn({ err: error, removal: removalId }, 'could not hold a removal back');
      });
    }, LEASE_MILLISECONDS / 3);
    timer.unref();
    return () => clearInterval(timer);
  }

  async function redo(removalId: Types.ObjectId, removal: NewRemoval): Promise<void> {
    try {
      const isOurs = await takeUp(removalId);
      await finish(isOurs ? removalId : await schedule(removal, undefined));
    } catch (error) {
      logger.error({ err: error, removal: removalId }, 'could not undo what was only half done');
    }
  }

  return {
    schedule,
    hold,
    withdraw,

    async undo(removalId, removal) {
      await withPatience(track(redo(removalId, removal)), PATIENCE_MILLISECONDS);
    },

    async run(removalId) {
      await withPatience(track(finish(removalId)), PATIENCE_MILLISECONDS);
    },

    start() {
      sweepQuietly();
      timer = setInterval(sweepQuietly, SWEEP_MILLISECONDS);
      timer.unref();
    },

    async stop() {
      stopping = true;
      clearInterval(timer);
      await Promise.allSettled(running);
    },
  };
}

const schedule: Removals['schedule'] = async ({ kind, target, assets = [] }, session) => {
  const _id = new Types.ObjectId();
  const kept = assets.filter((asset) => asset !== undefined).filter((asset) => !isForeign(asset));
  await Removal.create([{ _id, kind, target, assets: kept, leasedUntil: leaseEnd() }], { session });
  return _id;
};

async function withdraw(
  removalId: Types.ObjectId,
  session: ClientSession | undefined,
): Promise<void> {
  const { deletedCount } = await Removal.deleteOne(untouched(removalId), { session });
  if (deletedCount === 0) throw ApiError.unavailable('This took too long; please try again');
}

/** @returns whether nobody else has, or will as long as the lease lasts */
async function takeUp(removalId: Types.ObjectId): Promise<boolean> {
  const { matchedCount } = await Removal.updateOne(untouched(removalId), {
    $set: { leasedUntil: leaseEnd() },
    $inc: { attempts: 1 },
  });
  return matchedCount === 1;
}

/** Whoever takes it up counts an attempt. */
function untouched(_id: Types.ObjectId) {
  return { _id, attempts: 0 };
}

class StoppedError extends Error {}

/** A removal that is part of no other has nobody else to keep alive. */
async function noop(): Promise<void> {}

function leaseEnd(): Date {
  return new Date(Date.now() + LEASE_MILLISECONDS);
}
