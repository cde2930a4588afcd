import { runInTransaction } from '../../db/run-in-transaction';
import { Video } from '../../models/video.model';
import type { Renditions, StoredAsset } from '../media/media-store';
import { closeJob, type HeldJob } from './job-lease';
import type { JobHandler } from './job-handler';

/** Gives a published video its streaming renditions and still picture. */
export const renditionsJob: JobHandler = {
  async work(job, { mediaStore, signal }) {
    const asset = requireAsset(job);
    const renditions = await mediaStore.renditions?.make(asset, { signal });
    await runInTransaction(async (session) => {
      await Video.updateOne(
        sameVideo(job),
        { $set: changesOf(renditions ?? {}) },
        { session, timestamps: false },
      );
      await closeJob(job, session);
    });
  },

  async giveUp(job, session) {
    await Video.updateOne(
      sameVideo(job),
      { $set: { hlsStatus: 'failed' } },
      { session, timestamps: false },
    );
  },

  assetsOf: (job) => [requireAsset(job)],

  isReferred: async (job) => Boolean(await Video.exists(sameVideo(job))),
};

function sameVideo(job: HeldJob) {
  return { _id: job.video, 'videoFile.publicId': requireAsset(job).publicId };
}

/** A store without renditions, e.g. after a change of the configuration, has none to offer. */
function changesOf({ hlsUrl, thumbnailUrl }: Renditions): Record<string, unknown> {
  return {
    hlsStatus: hlsUrl === undefined ? 'unavailable' : 'ready',
    ...(hlsUrl !== undefined && { 'videoFile.hlsUrl': hlsUrl }),
    ...(thumbnailUrl !== undefined && { 'videoFile.thumbnailUrl': thumbnailUrl }),
  };
}

function requireAsset({ _id, asset }: HeldJob): StoredAsset {
  if (!asset) throw new Error(`the job ${_id.toString()} for renditions names no video`);
  return asset;
}
