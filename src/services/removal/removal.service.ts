import { setTimeout as pause } from 'node:timers/promises';
import { Types, type ClientSession } from 'mongoose';
import type { Logger } from 'pino';
import { Removal, type RemovalFields } from '../../models/removal.model';
import type { MediaStore, StoredAsset } from '../media/media-store';
import { REMOVAL_STEPS } from './removal-steps';

/** A removal that has shown no life for this long may be taken up by another instance. */
const LEASE_MILLISECONDS = 60_000;
const SWEEP_MILLISECONDS = 30_000;
/** How long the request that deletes a thing waits for its rows to be gone too. */
const PATIENCE_MILLISECONDS = 2_000;

/** Clears away what deleted things leave behind, whatever breaks in between. */
export interface Removals {
  /**
   * Call it in the transaction that deletes the thing.
   * @returns the id to `run` after the commit
   */
  schedule(
    removal: Pick<RemovalFields, 'kind' | 'target'> & { assets?: (StoredAsset | undefined)[] },
    session: ClientSession | undefined,
  ): Promise<Types.ObjectId>;
  /** Does what was scheduled: before this resolves when that is quick, in the background otherwise. */
  run(removalId: Types.ObjectId): Promise<void>;
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

  async function finish(removal: RemovalFields): Promise<void> {
    const { _id, kind, target } = removal;
    try {
      await REMOVAL_STEPS[kind](target, () => keepAlive(_id));
      for (const asset of removal.assets) await mediaStore.remove(asset);
      await Removal.deleteOne({ _id });
    } catch (error) {
      if (error instanceof StoppedError) {
        await Removal.updateOne({ _id }, { $set: { leasedUntil: new Date() } });
        return;
      }
      // The lease runs out and the next sweep tries again.
      logger.error(
        { err: error, removal: _id, kind, target },
        'could not clear away a deleted thing',
      );
    }
  }

  async function sweep(): Promise<void> {
    while (!stopping) {
      const removal = await Removal.findOneAndUpdate(
        { leasedUntil: { $lte: new Date() } },
        { $set: { leasedUntil: leaseEnd() }, $inc: { attempts: 1 } },
        { sort: { leasedUntil: 1 }, returnDocument: 'after' },
      ).lean();
      if (!removal) return;
      await finish(removal);
    }
  }

  const sweepQuietly = (): void => {
    void track(
      sweep().catch((error: unknown) => {
        logger.error({ err: error }, 'could not look for unfinished removals');
      }),
    );
  };

  return {
    async schedule({ kind, target, assets = [] }, session) {
      const _id = new Types.ObjectId();
      const kept = assets.filter((asset) => asset !== undefined);
      await Removal.create([{ _id, kind, target, assets: kept, leasedUntil: leaseEnd() }], {
        session,
      });
      return _id;
    },

    async run(removalId) {
      const removal = await Removal.findById(removalId).lean();
      if (!removal) return;
      const patience = new AbortController();
      const work = track(finish(removal)).finally(() => patience.abort());
      await Promise.race([
        work,
        pause(PATIENCE_MILLISECONDS, undefined, { signal: patience.signal }).catch(ignoreAbort),
      ]);
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

class StoppedError extends Error {}

function leaseEnd(): Date {
  return new Date(Date.now() + LEASE_MILLISECONDS);
}

/** The work was done before the patience was over. */
function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}
