import path from 'node:path';
import { Types, type ClientSession } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { driverCollection } from '../db/driver-collection';
import type { JobFile, VideoFileField } from '../models/media-job.model';
import { User } from '../models/user.model';
import { Video, type VideoFields } from '../models/video.model';
import { ApiError } from '../utils/api-error';
import { invalidToken } from '../utils/authentication-errors';
import { rightOfWay } from '../utils/right-of-way';
import { withPatience } from '../utils/with-patience';
import type { HeldJob } from './jobs/job-lease';
import type { JobOutcome } from './jobs/job-worker';
import { releaseUnneeded } from './jobs/spool';
import type { UploadedFile } from './media/inspect-upload';
import type { MediaFile } from './media/media-store';
import { adoptTempFiles } from './media/temp-files';
import { bytesOf } from './uploads/quota.service';
import { deleteVideoWithin, finishDeletion } from './video-change.service';
import { countAcceptedVideo, runOnVideosOf } from './video-totals.service';
import { videoNotFound } from './video.service';

export type VideoText = Pick<
  VideoFields,
  'title' | 'description' | 'tags' | 'category' | 'isPublished'
>;

/** A claimed file in the upload folder (see `temp-files.ts`), wherever it came from. */
export type AcceptableFile = MediaFile & {
  /** The client's name for it, to be kept with the job. */
  originalName?: string;
} & Pick<UploadedFile, 'upload'>;

export interface VideoFiles {
  videoFile: AcceptableFile;
  /** Needed unless the store cuts a still picture by itself. */
  thumbnail: AcceptableFile | undefined;
}

type PublishDependencies = Pick<
  AppDependencies,
  'config' | 'mediaStore' | 'logger' | 'jobs' | 'removals'
>;

/**
 * Accepts a video: from then on it reaches the store, whatever breaks in between. Waits for that,
 * with patience; a store that refuses the files meanwhile has them refused altogether.
 * @param files are taken over; their requests find nothing to delete any more
 * @returns the new video's id; the video itself says whether it is `ready` or `processing`
 * @throws ApiError 413 QUOTA_EXCEEDED, 502, 507 and others, 404 or 401 when it was deleted meanwhile;
 * then nothing is kept
 */
export async function publishVideo(
  dependencies: PublishDependencies,
  owner: Types.ObjectId,
  text: VideoText,
  files: VideoFiles,
): Promise<Types.ObjectId> {
  const { config, jobs } = dependencies;
  const job = await acceptVideo(dependencies, owner, text, files);
  const { video: videoId } = job;
  await rightOfWay.give();
  const outcome = await withPatience(jobs.run(job), config.publishPatienceSeconds * 1000);
  if (outcome && isRefusal(outcome)) {
    await discard(dependencies, { _id: videoId, owner });
    await files.videoFile.upload?.restore();
    await files.thumbnail?.upload?.restore();
    throw outcome.error;
  }
  if (outcome?.state === 'lost') await requirePresent(videoId, owner);
  return videoId;
}

/** An upload takes long enough for its owner to delete the video, or the account, meanwhile. */
async function requirePresent(videoId: Types.ObjectId, owner: Types.ObjectId): Promise<void> {
  if (await Video.exists({ _id: videoId })) return;
  throw (await User.exists({ _id: owner })) ? videoNotFound() : invalidToken();
}

/** Keeps the files, and in one transaction everything that says that they are accepted. */
async function acceptVideo(
  { config, mediaStore, logger, jobs }: PublishDependencies,
  owner: Types.ObjectId,
  { isPublished: publishWhenReady, ...text }: VideoText,
  given: VideoFiles,
): Promise<HeldJob> {
  const { videoFile, thumbnail } = given;
  const received = [{ ...videoFile, field: 'videoFile' as VideoFileField }];
  if (thumbnail) received.push({ ...thumbnail, field: 'thumbnail' });
  const adopted = await adoptTempFiles(received, jobs.spool);
  await rightOfWay.give();
  try {
    const files = adopted.map((file) => jobFileOf(file, mediaStore.plan(file)));
    const _id = new Types.ObjectId();
    const acceptedBytes = bytesOf(...files);
    const duration = videoFile.durationSeconds ?? 0;
    const hidden = { status: 'processing', isPublished: false, publishWhenReady } as const;
    const row = await newRow({ _id, owner, ...text, ...hidden, duration, acceptedBytes });
    return await runOnVideosOf(owner, async (session) => {
      await driverCollection<VideoFields>(Video).insertOne(row, { session });
      await endUploads(given, session);
      const job = await jobs.schedule({ kind: 'publish', video: _id, owner, files }, session);
      // Last, as all uploads of one account meet here. It may be gone by now, too.
      await countAcceptedVideo(config, owner, acceptedBytes, session);
      return job;
    });
  } catch (error) {
    const paths = adopted.map((file) => file.path);
    await releaseUnneeded(paths, logger);
    throw error;
  }
}

/** What Mongoose would store, once it holds. @throws ValidationError */
async function newRow(fields: Partial<VideoFields>): Promise<VideoFields> {
  const now = new Date();
  const video = new Video({ ...fields, createdAt: now, updatedAt: now });
  await video.validate();
  return video.toObject();
}

/** Named one by one: a job is stored as it is. */
function jobFileOf(
  file: AcceptableFile & Pick<JobFile, 'field'>,
  { publicId }: Pick<JobFile, 'publicId'>,
): JobFile {
  const { field, kind, mimeType, extension, bytes, width, height, durationSeconds } = file;
  const facts = { kind, mimeType, extension, bytes, width, height, durationSeconds };
  const { originalName = '', path: adopted } = file;
  return { field, name: path.basename(adopted), originalName, ...facts, publicId };
}

/** Of two requests that publish the same upload, one gets here. @throws ApiError 409 UPLOAD_IN_USE */
async function endUploads(
  { videoFile, thumbnail }: VideoFiles,
  session: ClientSession | undefined,
): Promise<void> {
  await videoFile.upload?.endWithin(session);
  await thumbnail?.upload?.endWithin(session);
}

/** Whether the store took the files neither now nor ever; a full disk keeps no accepted ones. */
function isRefusal(outcome: JobOutcome): outcome is JobOutcome & { error: unknown } {
  if (outcome.state === 'dead') return true;
  const { error } = { error: undefined, ...outcome };
  return outcome.state === 'waiting' && error instanceof ApiError && error.statusCode === 507;
}

/** Nobody was told of the video yet. */
async function discard(
  dependencies: PublishDependencies,
  own: Pick<VideoFields, '_id' | 'owner'>,
): Promise<void> {
  const deleted = await runOnVideosOf(own.owner, (session) =>
    deleteVideoWithin(dependencies.removals, own, session),
  );
  if (deleted) await finishDeletion(dependencies, own._id, deleted);
}
