import type { PipelineStage, Types } from 'mongoose';
import { MAX_PAGED_ROWS } from '../constants';
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
import { selectVideos, type Filter, type VideoSelection } from './video-selection';

/**
 * One page of the videos that this viewer may see, by number or by cursor.
 * @throws ApiError 400 PAGE_TOO_DEEP or INVALID_CURSOR
 */
export async function listVideos(
  query: VideoListQuery,
  viewer: Types.ObjectId | undefined,
): Promise<PluginPage<VideoWithOwner>> {
  const selection = await selectVideos(query, viewer);
  const order = videoOrder(query);
  return query.cursor === undefined
    ? numberedPage(selection, order, query)
    : pageAfter(selection.filter, order, query.cursor, query.limit);
}

async function numberedPage(
  { filter, storedTotal }: VideoSelection,
  order: VideoOrder,
  { page, limit }: Pick<VideoListQuery, 'page' | 'limit'>,
): Promise<PluginPage<VideoWithOwner>> {
  const rowsShown = rowsBefore(page, limit);
  const place = { page, limit, rowsShown };
  if (!storedTotal) return countedPage(filter, order, place);
  const [found, total] = await Promise.all([
    Video.aggregate<ListedVideo>([
      ...orderedStages(filter, order),
      { $skip: rowsShown },
      { $limit: limit + 1 },
      ...listedStages(order),
    ]),
    storedTotal(),
  ]);
  return describePage({ ...place, ...splitPage(found, limit), total });
}

/**
 * A page of a list whose size nothing stores, through the plugin. It counts no further than numbered
 * pages reach, so that the cost of a page has a bound whatever a search finds.
 */
async function countedPage(
  filter: Filter,
  order: VideoOrder,
  { page, limit, rowsShown }: PagePlace,
): Promise<PluginPage<VideoWithOwner>> {
  const countedRows = Math.max(MAX_PAGED_ROWS, rowsShown + limit + 1);
  const { docs, totalDocs, hasNextPage } = await Video.aggregatePaginate<ListedVideo>(
    [...orderedStages(filter, order), '__PREPAGINATE__', ...listedStages(order)],
    {
      page,
      limit,
      useFacet: false,
      countQuery: Video.aggregate([{ $match: filter }, { $limit: countedRows }]),
    },
  );
  return describePage({ page, limit, rowsShown, rows: docs, hasNextPage, total: totalDocs });
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
  const { rowsShown, totalDocs } = position;
  const page = Math.floor(rowsShown / limit) + 1;
  return describePage({ page, limit, rowsShown, ...splitPage(found, limit), total: totalDocs });
}

interface PagePlace {
  page: number;
  limit: number;
  rowsShown: number;
}

/** The page as the contract shows it, with the cursor that leads on. */
function describePage({
  page,
  limit,
  rowsShown,
  rows,
  hasNextPage,
  total,
}: PagePlace & {
  rows: ListedVideo[];
  hasNextPage: boolean;
  total: number;
}): PluginPage<VideoWithOwner> {
  const shown = rowsShown + rows.length;
  const totalDocs = totalInSight(total, { rowsShown, shown, hasNextPage });
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
    nextCursor: hasNextPage && last ? encodePosition(last, shown, totalDocs) : null,
  };
}

/** A total never contradicts the page: rows are facts, and on the last page so is their number. */
function totalInSight(
  total: number,
  { rowsShown, shown, hasNextPage }: { rowsShown: number; shown: number; hasNextPage: boolean },
): number {
  if (hasNextPage) return Math.max(total, shown + 1);
  return shown > rowsShown ? shown : Math.max(0, Math.min(total, rowsShown));
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
