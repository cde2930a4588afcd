import type { Types } from 'mongoose';
import { runInTransaction } from '../../db/run-in-transaction';
import type { Moderator } from '../../middlewares/require-role.middleware';
import { Report } from '../../models/report.model';
import { Video, type VideoFields } from '../../models/video.model';
import { listedVideoStages, type VideoWithOwner } from '../../models/video.pipeline';
import { ApiError } from '../../utils/api-error';
import { inTurn } from '../../utils/in-turn';
import { moveVideoTotals } from '../video-totals.service';
import { videoNotFound } from '../video.service';
import { noteAct } from './moderation-log.service';

type State = Pick<VideoFields, '_id' | 'owner' | 'isPublished' | 'takenDownAt'>;

/**
 * Takes a video from everybody but its owner and the moderators. It is unpublished, so that it is
 * closed through every door that drafts are closed through, and its owner cannot publish it again.
 * @throws ApiError 404 VIDEO_NOT_FOUND, 409 ALREADY_TAKEN_DOWN
 */
export async function takeDownVideo(
  moderator: Moderator,
  videoId: Types.ObjectId,
  reason: string,
): Promise<void> {
  await requireJudgeable(videoId);
  await changePublishing(videoId, async (session) => {
    const before = await Video.findOneAndUpdate(
      { _id: videoId, takenDownAt: null },
      [
        {
          $set: {
            isPublished: false,
            publishedBeforeTakeDown: '$isPublished',
            takenDownAt: '$$NOW',
            // What a moderator writes is text, even where it begins with a dollar sign.
            takeDownReason: { $literal: reason },
          },
        },
      ],
      { session, returnDocument: 'before', updatePipeline: true, timestamps: false },
    )
      .select('owner isPublished')
      .lean<State>();
    if (!before) throw await refusal(videoId, 'ALREADY_TAKEN_DOWN', 'is taken down already');
    const act = { act: 'video-taken-down', targetType: 'video', target: videoId, reason } as const;
    await noteAct(moderator, act, session);
    if (before.isPublished) await moveVideoTotals(before.owner, { all: 0, published: -1 }, session);
  });
}

/**
 * Gives a video back, published again if it was before. Not by its owner, whatever their role.
 * @throws ApiError 403, 404 VIDEO_NOT_FOUND, 409 NOT_TAKEN_DOWN
 */
export async function restoreVideo(
  moderator: Moderator,
  videoId: Types.ObjectId,
  reason: string | undefined,
): Promise<void> {
  const { owner } = await requireJudgeable(videoId);
  if (owner.equals(moderator._id)) {
    throw ApiError.forbidden('Another moderator has to decide on your own video');
  }
  await changePublishing(videoId, async (session) => {
    const after = await Video.findOneAndUpdate(
      { _id: videoId, takenDownAt: { $ne: null } },
      [
        { $set: { isPublished: '$publishedBeforeTakeDown' } },
        { $unset: ['takenDownAt', 'takeDownReason', 'publishedBeforeTakeDown'] },
      ],
      { session, returnDocument: 'after', updatePipeline: true, timestamps: false },
    )
      .select('owner isPublished')
      .lean<State>();
    if (!after) throw await refusal(videoId, 'NOT_TAKEN_DOWN', 'is not taken down');
    const act = { act: 'video-restored', targetType: 'video', target: videoId, reason } as const;
    await noteAct(moderator, act, session);
    if (after.isPublished) await moveVideoTotals(owner, { all: 0, published: 1 }, session);
  });
}

/**
 * A video as moderators see it.
 * @throws ApiError 404 VIDEO_NOT_FOUND, also for a draft that is none of their business
 */
export async function findJudgeableVideo(videoId: Types.ObjectId): Promise<VideoWithOwner> {
  await requireJudgeable(videoId);
  const [video] = await Video.aggregate<VideoWithOwner>([
    { $match: { _id: videoId } },
    ...listedVideoStages(),
  ]);
  if (!video) throw videoNotFound();
  return video;
}

/**
 * What is public, was taken down, or was reported and then hidden. Any other draft exists for its
 * owner alone.
 */
async function requireJudgeable(videoId: Types.ObjectId): Promise<State> {
  const video = await Video.findById(videoId).select('owner isPublished takenDownAt').lean<State>();
  if (!video) throw videoNotFound();
  const isKnown = video.isPublished || video.takenDownAt;
  if (!isKnown && !(await Report.exists({ target: videoId, targetType: 'video' }))) {
    throw videoNotFound();
  }
  return video;
}

/** In turn with the owner's own toggling. */
function changePublishing(
  videoId: Types.ObjectId,
  work: Parameters<typeof runInTransaction<void>>[0],
): Promise<void> {
  return inTurn(`publishing of ${videoId.toString()}`, () => runInTransaction(work));
}

async function refusal(videoId: Types.ObjectId, code: string, state: string): Promise<ApiError> {
  if (!(await Video.exists({ _id: videoId }))) return videoNotFound();
  return ApiError.conflict(`The video ${state}`, { code });
}
