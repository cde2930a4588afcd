import type { Types } from 'mongoose';
import { Comment, type CommentFields } from '../models/comment.model';
import { shownCommentStages, type ShownComment } from '../models/comment.pipeline';
import { Video } from '../models/video.model';
import { visibleTo } from '../models/video.pipeline';
import type { PluginPage } from '../utils/pagination';
import type { CommentListQuery } from '../validators/comment.validator';
import type { KeysetOrder } from './paging/keyset-order';
import { pageOfPlugin, type PluginList } from './paging/plugin-page';
import { videoNotFound } from './video.service';

const ORDERS = {
  createdAt: { field: 'createdAt', kind: 'date' },
  likesCount: { field: 'likesCount', kind: 'number' },
} as const satisfies Record<CommentListQuery['sortBy'], Omit<KeysetOrder, 'direction'>>;

/**
 * One page of the comments on a video, replies apart.
 * @throws ApiError 404 for a video that this viewer may not see, 400 PAGE_TOO_DEEP, INVALID_CURSOR
 */
export async function listComments(
  videoId: Types.ObjectId,
  query: CommentListQuery,
  viewer: Types.ObjectId | undefined,
): Promise<PluginPage<ShownComment>> {
  const video = await Video.findOne({ _id: videoId, ...visibleTo(viewer) })
    .select('topCommentsCount')
    .lean();
  if (!video) throw videoNotFound();
  const list = commentList({ video: videoId, parent: null }, query, viewer);
  const storedTotal = () => Promise.resolve(video.topCommentsCount);
  return pageOfPlugin<ShownComment>(Comment, { ...list, storedTotal }, query);
}

/**
 * One page of the replies to a comment.
 * @throws ApiError 400 PAGE_TOO_DEEP or INVALID_CURSOR
 */
export async function listReplies(
  { _id, repliesCount }: Pick<CommentFields, '_id' | 'repliesCount'>,
  query: Omit<CommentListQuery, 'sortBy'>,
  viewer: Types.ObjectId | undefined,
): Promise<PluginPage<ShownComment>> {
  const list = commentList({ parent: _id }, { ...query, sortBy: 'createdAt' }, viewer);
  const storedTotal = () => Promise.resolve(repliesCount);
  return pageOfPlugin<ShownComment>(Comment, { ...list, storedTotal }, query);
}

export function commentList(
  filter: { video: Types.ObjectId; parent: null } | { parent: Types.ObjectId },
  { sortBy, sortType }: Pick<CommentListQuery, 'sortBy' | 'sortType'>,
  viewer: Types.ObjectId | undefined,
): PluginList {
  return {
    filter,
    order: { ...ORDERS[sortBy], direction: sortType },
    joins: shownCommentStages(viewer),
  };
}
