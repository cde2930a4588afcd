import type { PipelineStage, Types } from 'mongoose';
import { MAX_SEARCH_MATCHES } from '../constants';
import { Video } from '../models/video.model';
import {
  isThere,
  listedVideoStages,
  rankedVideoStages,
  type RankedVideo,
  type VideoWithOwner,
} from '../models/video.pipeline';
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
  const selection = await selectVideos(query, viewer);
  const isSearch = query.query !== undefined;
  const list = {
    ...selection,
    order: videoOrder(query),
    orderedStages,
    joins: isSearch ? rankedVideoStages(withoutSearch(selection.filter)) : listedVideoStages(),
    countsAsItReads: isSearch,
  };
  const page = await pageOfPlugin<RankedVideo>(Video, list, query);
  return { ...page, docs: page.docs.filter(isThere) };
}

function withoutSearch({ $text: _search, ...filter }: Filter): Filter {
  return filter;
}

/** Filter and order as stages. */
export function orderedStages(filter: Filter, order: KeysetOrder, after?: Filter): PipelineStage[] {
  if ('$text' in filter) return searchStages(filter, order, after);
  return [{ $match: { ...filter, ...after } }, { $sort: sortOf(order) }];
}

/**
 * The same for a search. No index holds its order, so all that it finds has to be read and sorted:
 * it finds at most `mostMatches`, as a common word would otherwise read every video there is. Without
 * a sort before the limit, the embedded database finds the newest of each word in turn. Only ids and
 * what they are ordered by are sorted; relevance is there before a cursor compares with it.
 */
export function searchStages(
  filter: Filter,
  order: KeysetOrder,
  after?: Filter,
  mostMatches = MAX_SEARCH_MATCHES,
): PipelineStage[] {
  return [
    { $match: filter },
    { $limit: mostMatches },
    { $project: { [order.field]: order.field === 'relevance' ? { $meta: 'textScore' } : 1 } },
    ...(after ? [{ $match: after }] : []),
    { $sort: sortOf(order) },
  ];
}
