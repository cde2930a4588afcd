import type { PipelineStage, Types } from 'mongoose';
import { Video } from '../models/video.model';
import { listedVideoStages, type VideoWithOwner } from '../models/video.pipeline';
import type { PluginPage } from '../utils/pagination';
import type { VideoListQuery } from '../validators/video.validator';
import { sortOf, type Filter, type KeysetOrder } from './paging/keyset-order';
import { pageOfPlugin } from './paging/plugin-page';
import { videoOrder } from './video-order';
import { selectVideos } from './video-selection';

/**
 * One page of the videos that this viewer may see, by number or by cursor.
 * @throws ApiError 400 PAGE_TOO_DEEP or INVALID_CURSOR
 */
export async function listVideos(
  query: VideoListQuery,
  viewer: Types.ObjectId | undefined,
): Promise<PluginPage<VideoWithOwner>> {
  const list = {
    ...(await selectVideos(query, viewer)),
    order: videoOrder(query),
    orderedStages,
    joins: listedVideoStages(),
  };
  return pageOfPlugin<VideoWithOwner>(Video, list, query);
}

/** Filter and order; for a search, its relevance first, so that a cursor can compare with it. */
export function orderedStages(filter: Filter, order: KeysetOrder, after?: Filter): PipelineStage[] {
  const sort: PipelineStage = { $sort: sortOf(order) };
  if (order.field === 'relevance') {
    return [
      { $match: filter },
      { $set: { relevance: { $meta: 'textScore' } } },
      ...(after ? [{ $match: after }] : []),
      sort,
    ];
  }
  return [{ $match: { ...filter, ...after } }, sort];
}
