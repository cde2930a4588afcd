import { access } from 'node:fs/promises';
import path from 'node:path';
import type { ClientSession, Types } from 'mongoose';
import { driverCollection } from '../../db/driver-collection';
import { User } from '../../models/user.model';
import { Video, type VideoFields } from '../../models/video.model';
import { rightOfWay } from '../../utils/right-of-way';
import type { StoredAsset } from '../media/media-store';
import { storeUnder } from '../media/stored-assets';
import { notSuspended } from '../suspension';
import { bytesOf } from '../uploads/quota.service';
import { countPublishedVideo, moveVideoTotals, runOnVideosOf } from '../video-totals.service';
import { MissingFileError } from './job-failure';
import { closeJob, LostJobError, type HeldJob } from './job-lease';
import type { JobHandler, JobTools } from './job-handler';

interface VideoAssets {
  videoFile: StoredAsset;
  thumbnail?: StoredAsset;
}

/** Stores the files of an accepted video, and publishes it if its owner wants that. */
export const publishJob: JobHandler = {
  async work(job, tools) {
    const assets = await storeFiles(job, tools);
    await rightOfWay.give();
    await runOnVideosOf(job.owner, (session) => commit(job, assets, tools, session));
  },

  async giveUp({ video }, session) {
    await Video.updateOne(
      { _id: video, status: { $ne: 'ready' } },
      { $set: { status: 'failed' } },
      { session, timestamps: false },
    );
  },

  assetsOf: ({ files }) => files.map(({ publicId, kind }) => ({ publicId, resourceType: kind })),

  async isReferred({ video, files }) {
    const publicId = files.find(({ field }) => field === 'videoFile')?.publicId ?? '';
    return Boolean(await Video.exists({ _id: video, 'videoFile.publicId': publicId }));
  },
};

async function storeFiles(
  job: HeldJob,
  { mediaStore, signal, tempDir }: JobTools,
): Promise<VideoAssets> {
  const files = job.files.map((file) => ({
    ...file,
    path: path.join(tempDir, file.name),
    // Before it was accepted.
    isSynced: true,
  }));
  const stored = await storeUnder(mediaStore, files, signal).catch(async (error: unknown) => {
    for (const { path: file, name } of files) await requirePresent(file, name, error);
    throw error;
  });
  const assetOf = (field: string) => stored[files.findIndex((file) => file.field === field)];
  const videoFile = assetOf('videoFile');
  if (!videoFile) throw new Error(`the job ${job._id.toString()} has no video`);
  return { videoFile, thumbnail: assetOf('thumbnail') };
}

/** Of what is not found, only our own file cannot come back: a store may be there again later. */
async function requirePresent(file: string, name: string, cause: unknown): Promise<void> {
  try {
    await access(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new MissingFileError(name, cause);
    throw error;
  }
}

/** The row decides and the counters follow, also where there are no transactions. */
async function commit(
  job: HeldJob,
  assets: VideoAssets,
  tools: JobTools,
  session: ClientSession | undefined,
): Promise<void> {
  const { video, owner } = job;
  const hasRenditions = Boolean(tools.mediaStore.renditions);
  // Without a transaction, everybody would see it until its owner's row is met.
  const isBarred = session === undefined && !(await mayPublish(owner));
  const before = await driverCollection<VideoFields>(Video).findOneAndUpdate(
    { _id: video, status: { $ne: 'ready' } },
    readyStages(assets, { hasRenditions, isBarred }),
    { session, projection: BEFORE, ignoreUndefined: true },
  );
  if (!before) throw new LostJobError();
  // Its owner may have chosen another thumbnail by now: then ours comes too late.
  const isLate = Boolean(before.thumbnail && assets.thumbnail);
  if (isLate) {
    const late = { kind: 'asset' as const, target: video, assets: [assets.thumbnail] };
    await tools.removals.schedule(late, session);
  }
  const thumbnail = isLate ? undefined : assets.thumbnail;
  const bytes = bytesOf(assets.videoFile, thumbnail) - (before.acceptedBytes ?? 0);
  const isWanted = !isBarred && Boolean(before.publishWhenReady) && !before.takenDownAt;
  if (!isWanted || !(await countPublishedVideo(owner, bytes, session))) {
    if (isWanted) await keepAsDraft(video, session);
    await moveVideoTotals(owner, { all: 0, published: 0, bytes }, session);
  }
  if (hasRenditions) {
    const next = { kind: 'renditions' as const, video, owner, asset: assets.videoFile };
    await tools.scheduleNext(next, session);
  }
  await closeJob(job, session);
}

/** What the update of a video needs to know of how it was. */
const BEFORE = {
  publishWhenReady: 1,
  acceptedBytes: 1,
  takenDownAt: 1,
  'thumbnail.publicId': 1,
} as const;

/** Makes a video ready, and public unless something speaks against it. `updatedAt` stays. */
function readyStages(
  { videoFile, thumbnail }: VideoAssets,
  { hasRenditions, isBarred }: { hasRenditions: boolean; isBarred: boolean },
): Record<string, unknown>[] {
  // What an asset says is never an expression.
  const isWanted = {
    $and: [{ $eq: ['$publishWhenReady', true] }, { $not: [{ $ifNull: ['$takenDownAt', false] }] }],
  };
  return [
    {
      $set: {
        videoFile: { $literal: videoFile },
        ...(thumbnail && { thumbnail: { $ifNull: ['$thumbnail', { $literal: thumbnail }] } }),
        duration: videoFile.durationSeconds ?? '$duration',
        status: 'ready',
        isPublished: isBarred ? false : isWanted,
        ...(hasRenditions && { hlsStatus: 'processing' }),
      },
    },
    { $unset: ['publishWhenReady', 'acceptedBytes'] },
  ];
}

/** Whoever was suspended meanwhile has it as a draft: their uploads are refused, too. */
async function keepAsDraft(
  video: Types.ObjectId,
  session: ClientSession | undefined,
): Promise<void> {
  const hidden = { $set: { isPublished: false } };
  await driverCollection<VideoFields>(Video).updateOne({ _id: video }, hidden, { session });
}

async function mayPublish(owner: Types.ObjectId): Promise<boolean> {
  const filter = { _id: owner, ...notSuspended() };
  return (await driverCollection(User).findOne(filter, { projection: { _id: 1 } })) !== null;
}
