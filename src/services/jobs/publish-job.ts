import { access } from 'node:fs/promises';
import path from 'node:path';
import type { ClientSession } from 'mongoose';
import { User } from '../../models/user.model';
import { Video, type VideoFields } from '../../models/video.model';
import type { StoredAsset } from '../media/media-store';
import { storeUnder } from '../media/stored-assets';
import { isSuspended } from '../suspension';
import { bytesOf } from '../uploads/quota.service';
import { moveVideoTotals, runOnVideosOf } from '../video-totals.service';
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
  const before = await Video.findOne({ _id: video, status: { $ne: 'ready' } })
    .select('publishWhenReady acceptedBytes takenDownAt duration thumbnail')
    .session(session ?? null)
    .lean();
  if (!before) throw new LostJobError();
  const isPublished = await mayBePublished(job, before, session);
  const hasRenditions = Boolean(tools.mediaStore.renditions);
  // Its owner may have chosen another thumbnail by now: then ours comes too late.
  const isLate = Boolean(before.thumbnail && assets.thumbnail);
  const kept = { videoFile: assets.videoFile, thumbnail: isLate ? undefined : assets.thumbnail };
  await Video.updateOne(
    { _id: video },
    {
      $set: {
        videoFile: kept.videoFile,
        ...(kept.thumbnail && { thumbnail: kept.thumbnail }),
        duration: kept.videoFile.durationSeconds ?? before.duration,
        status: 'ready',
        isPublished,
        ...(hasRenditions && { hlsStatus: 'processing' }),
      },
      $unset: { publishWhenReady: true, acceptedBytes: true },
    },
    { session, timestamps: false },
  );
  if (isLate) {
    const late = { kind: 'asset' as const, target: video, assets: [assets.thumbnail] };
    await tools.removals.schedule(late, session);
  }
  const bytes = bytesOf(kept.videoFile, kept.thumbnail) - (before.acceptedBytes ?? 0);
  await moveVideoTotals(owner, { all: 0, published: isPublished ? 1 : 0, bytes }, session);
  if (hasRenditions) {
    const next = { kind: 'renditions' as const, video, owner, asset: kept.videoFile };
    await tools.scheduleNext(next, session);
  }
  await closeJob(job, session);
}

/** Whoever was suspended meanwhile has it as a draft: their uploads are refused, too. */
async function mayBePublished(
  { owner }: HeldJob,
  { publishWhenReady, takenDownAt }: Pick<VideoFields, 'publishWhenReady' | 'takenDownAt'>,
  session: ClientSession | undefined,
): Promise<boolean> {
  if (!publishWhenReady || takenDownAt) return false;
  const account = await User.findById(owner)
    .select('suspendedAt suspendedUntil')
    .session(session ?? null)
    .lean();
  return account !== null && !isSuspended(account);
}
