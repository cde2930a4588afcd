import { Gauge, type Registry } from 'prom-client';
import type { Logger } from 'pino';
import { MEDIA_JOB_KINDS, MediaJob } from '../../models/media-job.model';
import { Removal } from '../../models/removal.model';
import { Upload } from '../../models/upload.model';
import { withPatience } from '../../utils/with-patience';

/** A metrics page that takes long is none; and workers have little longer to tell theirs. */
const MOST_MILLISECONDS = 1_000;
const JOB_STATES = ['waiting', 'running', 'dead', 'cancelled'] as const;

/**
 * Work that waits in the database. It is that of all instances: every instance says the same, so a
 * dashboard takes the maximum, not the sum.
 */
export function addWorkMetrics(registry: Registry, logger: Logger): void {
  const registers = [registry];
  const aggregator = 'max';
  /** What cannot be counted is left out, and the rest of the page answers. */
  const orNothing = async <Counted>(count: () => Promise<Counted>, set: (is: Counted) => void) => {
    try {
      // A database that cannot be reached does not keep to maxTimeMS.
      const counted = await withPatience(count(), MOST_MILLISECONDS);
      if (counted === undefined) throw new Error('the database did not answer in time');
      set(counted);
    } catch (error) {
      logger.warn({ err: error }, 'could not count for a metric');
    }
  };
  new Gauge({
    name: 'videotube_media_jobs',
    help: 'Jobs of accepted media, by kind and state; dead ones wait for their owner',
    labelNames: ['kind', 'state'],
    aggregator,
    registers,
    collect() {
      this.reset();
      return orNothing(countJobs, (counts) => {
        for (const kind of MEDIA_JOB_KINDS) {
          for (const state of JOB_STATES) {
            this.set({ kind, state }, counts.get(`${kind} ${state}`) ?? 0);
          }
        }
      });
    },
  });
  new Gauge({
    name: 'videotube_removals_waiting',
    help: 'Deleted things of which something is still to be cleared away',
    aggregator,
    registers,
    collect() {
      this.reset();
      return orNothing(
        () => Removal.countDocuments().maxTimeMS(MOST_MILLISECONDS),
        (count) => this.set(count),
      );
    },
  });
  addUploadMetrics(registry, orNothing);
}

type OrNothing = <Counted>(
  count: () => Promise<Counted>,
  set: (is: Counted) => void,
) => Promise<void>;

function addUploadMetrics(registry: Registry, orNothing: OrNothing): void {
  const bytes = new Gauge({
    name: 'videotube_resumable_upload_bytes',
    help: 'Bytes of resumable uploads when they are complete',
    aggregator: 'max',
    registers: [registry],
  });
  new Gauge({
    name: 'videotube_resumable_uploads',
    help: 'Resumable uploads that are under way or wait to be published',
    aggregator: 'max',
    registers: [registry],
    collect() {
      this.reset();
      return orNothing(sumUploads, (sum) => {
        this.set(sum.count);
        bytes.set(sum.bytes);
      });
    },
  });
}

async function countJobs(): Promise<Map<string, number>> {
  const isRunning = { $and: [{ $eq: ['$state', 'waiting'] }, { $gt: ['$lease', null] }] };
  const groups = await MediaJob.aggregate<{ _id: { kind: string; state: string }; count: number }>(
    [
      {
        $group: {
          _id: { kind: '$kind', state: { $cond: [isRunning, 'running', '$state'] } },
          count: { $sum: 1 },
        },
      },
    ],
    { maxTimeMS: MOST_MILLISECONDS },
  );
  return new Map(groups.map(({ _id, count }) => [`${_id.kind} ${_id.state}`, count]));
}

async function sumUploads(): Promise<{ count: number; bytes: number }> {
  const [sum] = await Upload.aggregate<{ count: number; bytes: number }>(
    [
      { $match: { expiresAt: { $gt: new Date() } } },
      { $group: { _id: null, count: { $sum: 1 }, bytes: { $sum: '$bytes' } } },
    ],
    { maxTimeMS: MOST_MILLISECONDS },
  );
  return sum ?? { count: 0, bytes: 0 };
}
