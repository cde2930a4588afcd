import { Types, type ClientSession } from 'mongoose';
import { runInTransaction } from '../db/run-in-transaction';
import { Comment, type CommentFields } from '../models/comment.model';
import { shownCommentStages, type ShownComment } from '../models/comment.pipeline';
import { Video } from '../models/video.model';
import { visibleTo } from '../models/video.pipeline';
import { ApiError } from '../utils/api-error';
import { inTurn } from '../utils/in-turn';
import { moveChannelTotals } from './channel-totals.service';
import type { Removals } from './removal/removal.service';
import { videoNotFound } from './video.service';

interface NewComment {
  video: Types.ObjectId;
  /** The comment that is replied to, or null. */
  parent: Types.ObjectId | null;
  owner: Types.ObjectId;
  content: string;
}

/**
 * Writes a comment; it and every counter move together.
 * @returns the new comment's id
 * @throws ApiError 404 when the video or the comment that is replied to has gone
 */
export async function addComment(comment: NewComment): Promise<Types.ObjectId> {
  const _id = new Types.ObjectId();
  // Everybody who comments on a video writes to its one document: turns spare them conflicts.
  await inTurn(`comments of ${comment.video.toString()}`, () =>
    runInTransaction(async (session) => {
      await Comment.create([{ _id, ...comment }], { session });
      if (comment.parent) await moveReplies(comment.parent, 1, session);
      const top = comment.parent ? 0 : 1;
      await moveVideoComments(comment.video, { all: 1, top }, session);
    }),
  );
  return _id;
}

/** Where a reply hangs: replies are one level deep, so one to a reply joins its siblings. */
export function threadOf({ _id, parent }: Pick<CommentFields, '_id' | 'parent'>): Types.ObjectId {
  return parent ?? _id;
}

/**
 * A comment as this viewer sees it.
 * @throws ApiError 404 when it is absent, or under a video that is hidden from this viewer
 */
export async function findComment(
  commentId: Types.ObjectId,
  viewer: Types.ObjectId | undefined,
): Promise<ShownComment> {
  const [comment] = await Comment.aggregate<ShownComment>([
    { $match: { _id: commentId } },
    {
      $lookup: {
        from: Video.collection.collectionName,
        localField: 'video',
        foreignField: '_id',
        pipeline: [{ $match: visibleTo(viewer) }, { $project: { _id: 1 } }],
        as: 'visible',
      },
    },
    { $match: { visible: { $ne: [] } } },
    { $unset: 'visible' },
    ...shownCommentStages(viewer),
  ]);
  if (!comment) throw commentNotFound();
  return comment;
}

/**
 * A comment as its author reads it back: also when the video was hidden since, as it is written.
 * @throws ApiError 404 when it is gone already
 */
export async function findWrittenComment(
  _id: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<ShownComment> {
  const [comment] = await Comment.aggregate<ShownComment>([
    { $match: { _id, owner } },
    ...shownCommentStages(owner),
  ]);
  if (!comment) throw commentNotFound();
  return comment;
}

/** @throws ApiError 404 when the comment is not there for this person, 403 when it is another's */
export async function editComment(
  commentId: Types.ObjectId,
  editor: Types.ObjectId,
  content: string,
): Promise<ShownComment> {
  const comment = await findComment(commentId, editor);
  if (!comment.owner?._id.equals(editor)) {
    throw ApiError.forbidden('Only its author may change a comment');
  }
  const edited = await Comment.findOneAndUpdate(
    { _id: commentId },
    { $set: { content } },
    { returnDocument: 'after', runValidators: true },
  ).lean();
  if (!edited) throw commentNotFound();
  return { ...comment, content: edited.content, updatedAt: edited.updatedAt };
}

/**
 * Deletes a comment with its replies: for its author, and for the owner of the video.
 * @throws ApiError 404 when the comment is not there for this person, 403 when they may not
 */
export async function deleteComment(
  removals: Removals,
  commentId: Types.ObjectId,
  person: Types.ObjectId,
): Promise<void> {
  const { video, owner } = await findComment(commentId, person);
  if (!owner?._id.equals(person) && !(await Video.exists({ _id: video, owner: person }))) {
    throw ApiError.forbidden('Only its author and the owner of the video may delete a comment');
  }
  const removal = await inTurn(`comments of ${video.toString()}`, () =>
    runInTransaction((session) => deleteCommentWithin(removals, commentId, session)),
  );
  if (!removal) throw commentNotFound();
  await removals.run(removal);
}

/**
 * Deletes a comment in a transaction, whoever asks.
 * @returns the removal to run after the commit; undefined when the comment was gone already
 */
export async function deleteCommentWithin(
  removals: Pick<Removals, 'schedule'>,
  _id: Types.ObjectId,
  session: ClientSession | undefined,
): Promise<Types.ObjectId | undefined> {
  const comment = await Comment.findOneAndDelete({ _id }, { session }).lean();
  if (!comment) return undefined;
  const removal = await removals.schedule({ kind: 'comment', target: _id }, session);
  const { video, parent, repliesCount } = comment;
  if (!parent) await moveVideoComments(video, { all: -1 - repliesCount, top: -1 }, session);
  // A thread takes its replies off the video's count when it goes, before they are cleared away.
  else if (await moveReplies(parent, -1, session))
    await moveVideoComments(video, { all: -1, top: 0 }, session);
  return removal;
}

/** @returns whether the comment that is replied to is still there */
async function moveReplies(
  _id: Types.ObjectId,
  step: 1 | -1,
  session: ClientSession | undefined,
): Promise<boolean> {
  const { matchedCount } = await Comment.updateOne(
    { _id },
    { $inc: { repliesCount: step } },
    { session, timestamps: false },
  );
  if (matchedCount === 0 && step > 0) throw commentNotFound();
  return matchedCount > 0;
}

/** Last in its transaction, as many share the video: what is touched late is held briefly. */
async function moveVideoComments(
  _id: Types.ObjectId,
  { all, top }: { all: number; top: number },
  session: ClientSession | undefined,
): Promise<void> {
  const video = await Video.findOneAndUpdate(
    { _id },
    { $inc: { commentsCount: all, topCommentsCount: top } },
    { session, timestamps: false },
  )
    .select('owner')
    .lean();
  if (video) await moveChannelTotals([{ video, commentsCount: all }], session);
  else if (all > 0) throw videoNotFound();
}

/** 404 for a comment that is absent, or under a video that is hidden from this viewer. */
export function commentNotFound(): ApiError {
  return ApiError.notFound('Comment not found', { code: 'COMMENT_NOT_FOUND' });
}
