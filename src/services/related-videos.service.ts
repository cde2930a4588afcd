import type { PipelineStage, Types } from 'mongoose';
import { Video, type VideoFields } from '../models/video.model';
import {
  isThere,
  rankedVideoStages,
  visibleTo,
  type RankedVideo,
  type RowStage,
  type VideoWithOwner,
} from '../models/video.pipeline';
import { pageOfArray, type ArrayList, type ArrayPage, type PageQuery } from './paging/array-page';
import { NEWEST_FIRST, sortOf, type Filter } from './paging/keyset-order';
import { videoNotFound } from './video.service';

/** The newest so many of each kind of relative are ranked: the cost has a bound, whatever grows. */
export const CANDIDATES_OF_EACH_KIND = 60;

type Related = Pick<VideoFields, '_id' | 'owner' | 'keys'>;

/**
 * Videos like this one, most alike first: by shared tags, category and channel, then what is new.
 * @throws ApiError 404 for a video that this viewer may not see, 400 PAGE_TOO_DEEP, INVALID_CURSOR
 */
export async function listRelatedVideos(
  videoId: Types.ObjectId,
  query: PageQuery,
  viewer: Types.ObjectId | undefined,
): Promise<ArrayPage<VideoWithOwner>> {
  const video = await Video.findOne({ _id: videoId, ...visibleTo(viewer) })
    .select('owner keys')
    .lean();
  if (!video) throw videoNotFound();
  const page = await pageOfArray<RankedVideo>(Video, relatedList(video), query);
  return { ...page, rows: page.rows.filter(isThere) };
}

/** The ranking as a list, of at most four times CANDIDATES_OF_EACH_KIND rows. */
export function relatedList({ _id, owner, keys }: Related): ArrayList {
  const [first, ...others] = [
    { 'keys.tags': { $in: keys.tags }, isPublished: true },
    ...(keys.category === '' ? [] : [{ 'keys.category': keys.category, isPublished: true }]),
    { owner, isPublished: true },
    { isPublished: true },
  ].map(newestOf) as [RowStage[], ...RowStage[][]];
  return {
    source: [
      ...first,
      ...others.map(unionOf),
      { $group: { _id: '$_id', owner: { $first: '$owner' }, keys: { $first: '$keys' } } },
      { $set: { likeness: likenessTo({ owner, keys }) } },
    ],
    filter: { _id: { $ne: _id } },
    // Ids grow with time, so among the equally alike the newest comes first.
    order: { field: 'likeness', kind: 'number', direction: -1 },
    joins: rankedVideoStages({ isPublished: true }),
  };
}

function newestOf(filter: Filter): RowStage[] {
  return [
    { $match: filter },
    { $sort: sortOf(NEWEST_FIRST) },
    { $limit: CANDIDATES_OF_EACH_KIND },
    { $project: { owner: 1, keys: 1 } },
  ];
}

function unionOf(pipeline: RowStage[]): PipelineStage {
  return { $unionWith: { coll: Video.collection.collectionName, pipeline } };
}

/** Two points for each shared tag, one for the category, one for the channel. */
function likenessTo({ owner, keys }: Pick<Related, 'owner' | 'keys'>) {
  return {
    $add: [
      { $multiply: [2, { $size: { $setIntersection: ['$keys.tags', keys.tags] } }] },
      {
        $cond: [{ $and: [keys.category !== '', { $eq: ['$keys.category', keys.category] }] }, 1, 0],
      },
      { $cond: [{ $eq: ['$owner', owner] }, 1, 0] },
    ],
  };
}
