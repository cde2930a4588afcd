import type { PipelineStage, Types } from 'mongoose';
import { aggregateRows, type AggregatedModel } from '../../db/driver-collection';
import { Video } from '../../models/video.model';
import { visibleTo, type RowStage } from '../../models/video.pipeline';
import { rowsBefore } from '../../utils/pagination';
import { arrayPageStages, type ArrayList, type ArrayPage, type PageQuery } from './array-page';
import { encodePosition, sortOf, type OrderedRow } from './keyset-order';

/** One page is put together from so many reads at most, however many of its videos are hidden. */
const MAX_READS = 5;

/** A list whose rows point to videos, such as a history: some may be hidden from the viewer by now. */
export interface VideoReferenceList extends ArrayList {
  /** Where the rows keep the id of the video. */
  videoField: string;
  viewer: Types.ObjectId;
}

/**
 * One page of the videos that a list points to. Rows whose video is hidden take no place in a page: it
 * is full unless the list ends, or MAX_READS reads did not fill it; the cursor leads on even then.
 * @returns rows with `video`; their own fields beside it
 * @throws ApiError 400 PAGE_TOO_DEEP or INVALID_CURSOR
 */
export async function pageOfVideoReferences<Row extends { video?: unknown }>(
  model: AggregatedModel,
  list: VideoReferenceList,
  query: PageQuery,
): Promise<ArrayPage<Row & Required<Pick<Row, 'video'>>>> {
  const [shownBefore, first] = await Promise.all([
    hiddenBefore(model, list, query),
    readRows<Row>(model, list, query),
  ]);
  // Numbered pages skip rows, and hidden ones among those have been made up for by later rows.
  const wanted = shownBefore + query.limit;
  const found = first.rows.filter(isShown);
  let { last, listEnds } = first;
  for (
    let reads = 1;
    last && !listEnds && found.length <= wanted && reads < MAX_READS;
    reads += 1
  ) {
    const limit = Math.max(query.limit, wanted - found.length);
    const cursor = encodePosition(list.order, last);
    const next = await readRows<Row>(model, list, { page: 1, limit, cursor });
    found.push(...next.rows.filter(isShown));
    listEnds = next.listEnds;
    last = next.last ?? last;
  }
  const rows = found.slice(shownBefore, wanted);
  const isCut = found.length > wanted;
  const lastPassed = isCut ? rows.at(-1) : last;
  const hasNextPage = isCut || !listEnds;
  const nextCursor = hasNextPage && lastPassed ? encodePosition(list.order, lastPassed) : null;
  return { rows, pagination: { limit: query.limit, hasNextPage, nextCursor } };
}

async function readRows<Row>(model: AggregatedModel, list: ArrayList, query: PageQuery) {
  const rows = await aggregateRows<Row & OrderedRow>(model, arrayPageStages(list, query));
  return { rows, last: rows.at(-1), listEnds: rows.length <= query.limit };
}

function isShown<Row extends { video?: unknown }>(
  row: Row,
): row is Row & Required<Pick<Row, 'video'>> {
  return row.video !== undefined;
}

/** How many of the rows that a numbered page skips point to hidden videos. */
async function hiddenBefore(
  model: AggregatedModel,
  list: VideoReferenceList,
  { page, limit, cursor }: PageQuery,
): Promise<number> {
  if (cursor !== undefined || page === 1) return 0;
  const [counted] = await aggregateRows<{ hidden: number }>(
    model,
    hiddenStages(list, rowsBefore(page, limit)),
  );
  return counted?.hidden ?? 0;
}

function hiddenStages(
  { filter, order, videoField, viewer }: VideoReferenceList,
  reach: number,
): PipelineStage[] {
  return [
    { $match: filter },
    { $sort: sortOf(order) },
    { $limit: reach },
    joinVisibleVideo(videoField, viewer, [{ $project: { _id: 1 } }]),
    { $match: { video: { $size: 0 } } },
    { $count: 'hidden' },
  ];
}

/** Sets `video` to the video that the row points to, if this viewer may see it. */
export function joinVideoStages(
  videoField: string,
  viewer: Types.ObjectId,
  shown: RowStage[],
): PipelineStage[] {
  return [joinVisibleVideo(videoField, viewer, shown), { $set: { video: { $first: '$video' } } }];
}

function joinVisibleVideo(
  videoField: string,
  viewer: Types.ObjectId,
  shown: RowStage[],
): PipelineStage.Lookup {
  return {
    $lookup: {
      from: Video.collection.collectionName,
      localField: videoField,
      foreignField: '_id',
      pipeline: [{ $match: visibleTo(viewer) }, ...shown],
      as: 'video',
    },
  };
}
