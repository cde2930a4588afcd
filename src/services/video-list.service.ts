import { Types, type PipelineStage, type PrePaginatePipelineStage } from 'mongoose';
import { User } from '../models/user.model';
import { Video } from '../models/video.model';
import { joinOwnerStages, type VideoWithOwner } from '../models/video.pipeline';
import { rowsBefore, splitPage, type PluginPage } from '../utils/pagination';
import type { VideoListQuery } from '../validators/video.validator';
import {
  afterPosition,
  decodePosition,
  encodePosition,
  videoOrder,
  type ListedVideo,
  type VideoOrder,
} from './video-order';

type Filter = Record<string, unknown>;

/**
 * One page of the videos that this viewer may see, by number or by cursor.
 * @throws ApiError 400 PAGE_TOO_DEEP or INVALID_CURSOR
 */
export async function listVideos(
  query: VideoListQuery,
  viewer: Types.ObjectId | undefined,
): Promise<PluginPage<VideoWithOwner>> {
  const filter = await videoFilter(query, viewer);
  const order = videoOrder(query);
  return query.cursor === undefined
    ? numberedPage(filter, order, query)
    : pageAfter(filter, order, query.cursor, query.limit);
}

async function videoFilter(
  query: VideoListQuery,
  viewer: Types.ObjectId | undefined,
): Promise<Filter> {
  const owner = await wantedOwner(query);
  const ownChannel =
    viewer !== undefined && owner instanceof Types.ObjectId && owner.equals(viewer);
  return {
    ...(owner === undefined ? {} : { owner }),
    ...(ownChannel ? {} : { isPublished: true }),
    ...(query.category === undefined ? {} : { 'keys.category': query.category }),
    ...(query.tag === undefined ? {} : { 'keys.tags': query.tag }),
    ...(query.query === undefined ? {} : { $text: { $search: query.query } }),
  };
}

/** Whose videos are asked for; a name that nobody has matches no owner. */
async function wantedOwner({
  userId,
  username,
}: VideoListQuery): Promise<Types.ObjectId | { $in: [] } | undefined> {
  if (username === undefined) return userId;
  const user = await User.findOne({ username }).select('_id').lean();
  const nobody = !user || (userId !== undefined && !userId.equals(user._id));
  return nobody ? { $in: [] } : user._id;
}

/** A page by number, through the plugin: page first, join after, and a count of the filter alone. */
async function numberedPage(
  filter: Filter,
  order: VideoOrder,
  { page, limit }: Pick<VideoListQuery, 'page' | 'limit'>,
): Promise<PluginPage<VideoWithOwner>> {
  const skipped = rowsBefore(page, limit);
  const stages: PrePaginatePipelineStage[] = [
    ...orderedStages(filter, order),
    '__PREPAGINATE__',
    ...listedStages(order),
  ];
  const result = await Video.aggregatePaginate<ListedVideo>(stages, {
    page,
    limit,
    useFacet: false,
    countQuery: Video.aggregate([{ $match: filter }]),
  });
  const last = result.docs.at(-1);
  const shown = skipped + result.docs.length;
  return {
    docs: result.docs,
    totalDocs: result.totalDocs,
    limit,
    page,
    totalPages: result.totalPages,
    pagingCounter: result.pagingCounter,
    hasPrevPage: result.hasPrevPage,
    hasNextPage: result.hasNextPage,
    prevPage: result.prevPage ?? null,
    nextPage: result.nextPage ?? null,
    nextCursor: result.hasNextPage && last ? encodePosition(last, shown, result.totalDocs) : null,
  };
}

/** A page by cursor: reads its own rows and one more, however deep it is. */
async function pageAfter(
  filter: Filter,
  order: VideoOrder,
  cursor: string,
  limit: number,
): Promise<PluginPage<VideoWithOwner>> {
  const position = decodePosition(cursor, order);
  const found = await Video.aggregate<ListedVideo>([
    ...orderedStages(filter, order, afterPosition(order, position)),
    { $limit: limit + 1 },
    ...listedStages(order),
  ]);
  const { rows, hasNextPage } = splitPage(found, limit);
  const { rowsShown, totalDocs } = position;
  const page = Math.floor(rowsShown / limit) + 1;
  const last = rows.at(-1);
  return {
    docs: rows,
    totalDocs,
    limit,
    page,
    totalPages: Math.max(1, Math.ceil(totalDocs / limit)),
    pagingCounter: rowsShown + 1,
    hasPrevPage: rowsShown > 0,
    hasNextPage,
    prevPage: page > 1 ? page - 1 : null,
    nextPage: hasNextPage ? page + 1 : null,
    nextCursor:
      hasNextPage && last ? encodePosition(last, rowsShown + rows.length, totalDocs) : null,
  };
}

/** Filter and order; for a search, its relevance first, so that a cursor can compare with it. */
export function orderedStages(filter: Filter, order: VideoOrder, after?: Filter): PipelineStage[] {
  const sort: PipelineStage = { $sort: { [order.field]: order.direction, _id: order.direction } };
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

function listedStages(order: VideoOrder): PipelineStage[] {
  return [
    { $set: { sortValue: `$${order.field}` } },
    { $unset: ['keys', 'relevance'] },
    ...joinOwnerStages(),
  ];
}
