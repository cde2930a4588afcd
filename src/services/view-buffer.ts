import { setTimeout as pause } from 'node:timers/promises';
import type { ClientSession, Types } from 'mongoose';
import type { Logger } from 'pino';
import { runInTransaction } from '../db/run-in-transaction';
import { DayViews } from '../models/day-views.model';
import { Video, type VideoFields } from '../models/video.model';
import { moveChannelTotals } from './channel-totals.service';

/** Videos folded in by one transaction: bounds what a conflict with a like makes it repeat. */
const CHUNK_SIZE = 500;
/** A flush takes a few milliseconds; one that hangs must not hold up the readers. */
const PATIENCE_MILLISECONDS = 250;

/** A video that somebody has just begun to watch. */
export interface ViewedVideo {
  _id: Types.ObjectId;
  owner: Types.ObjectId;
}

/** Adds up views in memory and folds them into the database, so that a rush costs few writes. */
export interface ViewBuffer {
  add(video: ViewedVideo): void;
  /** Views of this video that are counted here and not yet in the database. */
  pending(videoId: Types.ObjectId): number;
  /** A video as read from the database, with the views that are pending here. */
  withPending<V extends Pick<VideoFields, '_id' | 'views'>>(video: V): V;
  /**
   * Resolves once the flush that is under way has ended, or after a moment; undefined when there is
   * none, so that reads need not wait a turn. Wait for it before reading videos: what a flush has just
   * committed would be in the database and still pending, and count twice.
   */
  settled(): Promise<void> | undefined;
  /** Writes what is pending; what cannot be written stays pending. */
  flush(): Promise<void>;
  /** The last flush; nothing counted is lost on a clean stop. */
  stop(): Promise<void>;
}

interface Tally extends ViewedVideo {
  /** The start of the day, UTC. */
  day: Date;
  views: number;
}

/**
 * @param flushSeconds the shortest time between two flushes, and so the most that a crash loses; a
 * view after a pause is written at once
 */
export function createViewBuffer(flushSeconds: number, logger: Logger): ViewBuffer {
  let tallies = new Map<string, Tally>();
  let writing = new Map<string, Tally>();
  let flushing: Promise<void> | undefined;
  let lastFlush = 0;
  let timer: NodeJS.Timeout | undefined;

  function addTally(tally: Tally): void {
    const key = keyOf(tally._id, tally.day);
    const known = tallies.get(key);
    if (known) known.views += tally.views;
    else tallies.set(key, { ...tally });
  }

  function schedule(): void {
    if (timer || tallies.size === 0) return;
    const wait = Math.max(0, lastFlush + flushSeconds * 1000 - Date.now());
    timer = setTimeout(() => void flush(), wait);
    timer.unref();
  }

  /** Resolves when everything that was added before has been written, or put back. */
  function flush(): Promise<void> {
    if (flushing) return flushing.then(flush);
    if (tallies.size === 0) return Promise.resolve();
    flushing = flushOnce().finally(() => {
      flushing = undefined;
      schedule();
    });
    return flushing;
  }

  async function flushOnce(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    lastFlush = Date.now();
    // Swapped in one step: what is counted while this is written lands in the new map.
    writing = tallies;
    tallies = new Map();
    const batch = [...writing.values()];
    for (let start = 0; start < batch.length; start += CHUNK_SIZE) {
      const chunk = batch.slice(start, start + CHUNK_SIZE);
      try {
        await runInTransaction((session) => foldIn(chunk, session));
      } catch (error) {
        logger.error({ err: error, videos: chunk.length }, 'could not write views; will try again');
        chunk.forEach(addTally);
      }
      // Each part leaves as it is settled: what was put back would be pending twice until the end.
      for (const { _id, day } of chunk) writing.delete(keyOf(_id, day));
    }
  }

  function pending(videoId: Types.ObjectId): number {
    return sumFor(tallies, videoId) + sumFor(writing, videoId);
  }

  return {
    add({ _id, owner }) {
      addTally({ _id, owner, day: startOfDay(new Date()), views: 1 });
      schedule();
    },

    pending,

    withPending: (video) => {
      const views = pending(video._id);
      return views === 0 ? video : { ...video, views: video.views + views };
    },

    settled: () => flushing && endOrMoment(flushing),

    flush,

    async stop() {
      await flush();
      clearTimeout(timer);
    },
  };
}

async function endOrMoment(flush: Promise<void>): Promise<void> {
  const patience = new AbortController();
  const moment = pause(PATIENCE_MILLISECONDS, undefined, { signal: patience.signal });
  await Promise.race([flush, moment.catch(() => undefined)]);
  patience.abort();
}

/** All or nothing, so that a batch that is tried again is never counted twice. */
async function foldIn(chunk: readonly Tally[], session: ClientSession | undefined): Promise<void> {
  // The driver's own bulkWrite: a view is no edit of the video, so updatedAt stays.
  const { matchedCount } = await Video.collection.bulkWrite(
    chunk.map(({ _id, views }) => ({
      updateOne: { filter: { _id }, update: { $inc: { views } } },
    })),
    { session, ordered: false },
  );
  await DayViews.collection.bulkWrite(
    [...sumByChannel(chunk)].map(({ owner, day, views }) => ({
      updateOne: { filter: { owner, day }, update: { $inc: { views } }, upsert: true },
    })),
    { session, ordered: false },
  );
  const counted = matchedCount === chunk.length ? chunk : await stillThere(chunk, session);
  await moveChannelTotals(
    counted.map(({ views, ...video }) => ({ video, views })),
    session,
  );
}

/** A video that was deleted meanwhile has left the totals of its channel, and comes back into none. */
async function stillThere(
  chunk: readonly Tally[],
  session: ClientSession | undefined,
): Promise<Tally[]> {
  const videos = await Video.find({ _id: { $in: chunk.map(({ _id }) => _id) } }, { _id: 1 })
    .session(session ?? null)
    .lean();
  const known = new Set(videos.map(({ _id }) => _id.toString()));
  return chunk.filter(({ _id }) => known.has(_id.toString()));
}

function sumByChannel(chunk: readonly Tally[]): Iterable<Omit<Tally, '_id'>> {
  const sums = new Map<string, Omit<Tally, '_id'>>();
  for (const { owner, day, views } of chunk) {
    const key = keyOf(owner, day);
    sums.set(key, { owner, day, views: (sums.get(key)?.views ?? 0) + views });
  }
  return sums.values();
}

function sumFor(tallies: ReadonlyMap<string, Tally>, videoId: Types.ObjectId): number {
  // Mostly so, and every video of every list asks.
  if (tallies.size === 0) return 0;
  // A video is in at most two days' tallies, but finding them by prefix would scan the map.
  const today = startOfDay(new Date());
  const yesterday = new Date(today.getTime() - 24 * 3600 * 1000);
  return [today, yesterday].reduce(
    (sum, day) => sum + (tallies.get(keyOf(videoId, day))?.views ?? 0),
    0,
  );
}

function keyOf(id: Types.ObjectId, day: Date): string {
  return `${id.toString()} ${day.toISOString()}`;
}

function startOfDay(time: Date): Date {
  return new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()));
}
