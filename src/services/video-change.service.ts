import type { ClientSession, Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { runInTransaction } from '../db/run-in-transaction';
import { keyChanges, Video, type VideoFields } from '../models/video.model';
import { visibleTo } from '../models/video.pipeline';
import { ApiError } from '../utils/api-error';
import { inTurn } from '../utils/in-turn';
import { moveChannelTotals } from './channel-totals.service';
import { cancelJobsOf } from './jobs/cancel-jobs';
import { commitAssets } from './media/commit-assets';
import type { UploadedFile } from './media/inspect-upload';
import type { MediaFile } from './media/media-store';
import { bytesOf, growStoredBytes } from './uploads/quota.service';
import { moveVideoTotals } from './video-totals.service';
import { videoNotFound } from './video.service';

export type VideoChanges = Partial<
  Pick<VideoFields, 'title' | 'description' | 'tags' | 'category'>
>;

type ThumbnailFile = MediaFile & Pick<UploadedFile, 'upload'>;

type ChangeDependencies = Pick<AppDependencies, 'config' | 'mediaStore' | 'removals'>;

/**
 * Changes a video's texts and thumbnail; the old thumbnail goes after the new one is committed.
 * @throws ApiError 404 or 403, and whatever the store throws; then nothing has changed
 */
export async function updateVideo(
  dependencies: ChangeDependencies,
  videoId: Types.ObjectId,
  owner: Types.ObjectId,
  changes: VideoChanges,
  thumbnailFile: ThumbnailFile | undefined,
): Promise<void> {
  await requireOwnVideo(videoId, owner);
  const set = { ...changes, ...keyChanges(changes) };
  if (thumbnailFile)
    await replaceThumbnail(dependencies, { _id: videoId, owner }, set, thumbnailFile);
  else await applyChanges({ _id: videoId, owner }, set, undefined);
}

type OwnVideo = Pick<VideoFields, '_id' | 'owner'>;

async function replaceThumbnail(
  dependencies: ChangeDependencies,
  own: OwnVideo,
  set: Record<string, unknown>,
  file: ThumbnailFile,
): Promise<void> {
  const { config, removals } = dependencies;
  const removal = await commitAssets(
    dependencies,
    own._id,
    { thumbnail: file },
    async ({ thumbnail }, session) => {
      await file.upload?.endWithin(session);
      const before = await applyChanges(own, { ...set, thumbnail }, session);
      await growStoredBytes(
        config,
        own.owner,
        thumbnail.bytes - bytesOf(before.thumbnail),
        session,
      );
      if (!before.thumbnail) return undefined;
      const replaced = { kind: 'asset' as const, target: own._id, assets: [before.thumbnail] };
      return removals.schedule(replaced, session);
    },
  );
  if (removal) await removals.run(removal);
}

/** @returns what was there before. @throws ApiError 404 */
async function applyChanges(
  own: OwnVideo,
  set: Record<string, unknown>,
  session: ClientSession | undefined,
): Promise<Pick<VideoFields, 'thumbnail'>> {
  const before = await Video.findOneAndUpdate(own, { $set: set }, { session })
    .select('thumbnail')
    .lean();
  if (!before) throw videoNotFound();
  return before;
}

/**
 * Publishes a hidden video or hides a published one, with the totals that it counts in.
 * @throws ApiError 404 or 403; 403 VIDEO_TAKEN_DOWN for one that only moderators can give back
 */
export async function togglePublished(
  videoId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<void> {
  await requireOwnVideo(videoId, owner);
  await inTurn(`publishing of ${videoId.toString()}`, () =>
    runInTransaction(async (session) => {
      const video = await Video.findOneAndUpdate(
        { _id: videoId, owner, takenDownAt: null },
        TOGGLE,
        { session, returnDocument: 'after', updatePipeline: true },
      )
        .select('isPublished status')
        .lean();
      if (!video) throw await toggleRefusal({ _id: videoId, owner });
      if (video.status !== 'ready') return;
      await moveVideoTotals(owner, { all: 0, published: video.isPublished ? 1 : -1 }, session);
    }),
  );
}

/** A video that is not ready stays hidden; what its owner wants of it is noted for later. */
const TOGGLE = [
  {
    $set: {
      isPublished: { $and: [{ $eq: ['$status', 'ready'] }, { $not: '$isPublished' }] },
      publishWhenReady: {
        $cond: [{ $eq: ['$status', 'ready'] }, '$$REMOVE', { $not: '$publishWhenReady' }],
      },
      updatedAt: '$$NOW',
    },
  },
];

async function toggleRefusal(own: OwnVideo): Promise<ApiError> {
  const video = await Video.findOne(own).select('takeDownReason').lean();
  if (!video) return videoNotFound();
  const reason = video.takeDownReason ? `: ${video.takeDownReason}` : '';
  return ApiError.forbidden(`A moderator has taken this video down${reason}`, {
    code: 'VIDEO_TAKEN_DOWN',
  });
}

/**
 * Deletes a video; what hangs on it and its files are cleared away by a durable removal.
 * @throws ApiError 404 or 403
 */
export async function deleteVideo(
  { removals, jobs }: Pick<AppDependencies, 'removals' | 'jobs'>,
  videoId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<void> {
  await requireOwnVideo(videoId, owner);
  const deleted = await runInTransaction((session) =>
    deleteVideoWithin(removals, { _id: videoId, owner }, session),
  );
  if (!deleted) throw videoNotFound();
  await finishDeletion({ removals, jobs }, videoId, deleted);
}

/** What `deleteVideoWithin` leaves to be done after the commit. Never rejects. */
export async function finishDeletion(
  { removals, jobs }: Pick<AppDependencies, 'removals' | 'jobs'>,
  videoId: Types.ObjectId,
  { removal, hadJobs }: { removal: Types.ObjectId; hadJobs: boolean },
): Promise<void> {
  if (hadJobs) await jobs.finishCancelled(videoId);
  await removals.run(removal);
}

/**
 * Deletes a video in a transaction, with the totals that it counts in.
 * @returns what to do after the commit: the removal to run, and whether there are jobs to clear away;
 * undefined when the owner has no such video
 */
export async function deleteVideoWithin(
  removals: Pick<AppDependencies['removals'], 'schedule'>,
  own: OwnVideo,
  session: ClientSession | undefined,
): Promise<{ removal: Types.ObjectId; hadJobs: boolean } | undefined> {
  const video = await Video.findOneAndDelete(own, { session }).lean();
  if (!video) return undefined;
  const { _id, owner, isPublished, videoFile, thumbnail, acceptedBytes = 0 } = video;
  const { views = 0, likesCount = 0, commentsCount = 0 } = video;
  const hadJobs = await cancelJobsOf(video, session);
  const removal = await removals.schedule(
    { kind: 'video', target: _id, assets: [videoFile, thumbnail] },
    session,
  );
  const bytes = -bytesOf(videoFile, thumbnail) - acceptedBytes;
  await moveVideoTotals(owner, { all: -1, published: isPublished ? -1 : 0, bytes }, session);
  // By what it counts now: clearing away its likes and comments moves no counter any more.
  const step = { views: -views, likesCount: -likesCount, commentsCount: -commentsCount };
  await moveChannelTotals([{ video, ...step }], session);
  return { removal, hadJobs };
}

/** @throws ApiError 404 for a video that this person may not see, 403 for somebody else's */
export async function requireOwnVideo(
  videoId: Types.ObjectId,
  person: Types.ObjectId,
): Promise<void> {
  const video = await Video.findOne({ _id: videoId, ...visibleTo(person) })
    .select('owner')
    .lean();
  if (!video) throw videoNotFound();
  if (!video.owner.equals(person)) throw ApiError.forbidden('Only its owner may change a video');
}
