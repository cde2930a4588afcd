import type { PipelineStage, Types } from 'mongoose';
import { MAX_FEED_CHANNELS } from '../constants';
import { Subscription } from '../models/subscription.model';
import { User } from '../models/user.model';
import { Video } from '../models/video.model';
import { listedVideoStages, type RowStage, type VideoWithOwner } from '../models/video.pipeline';
import type { PluginPage } from '../utils/pagination';
import type { PageQuery } from './paging/array-page';
import { NEWEST_FIRST, sortOf, type Filter, type KeysetOrder } from './paging/keyset-order';
import { pageOfPlugin, type PluginList } from './paging/plugin-page';

/**
 * Channels merged by one index scan. MongoDB reads a sort from the index for up to 200 equalities
 * (internalQueryMaxScansToExplode), and sorts in memory beyond that.
 */
const CHANNELS_PER_SCAN = 100;

/**
 * One page of the videos of the channels that a person subscribes to, newest first.
 * @throws ApiError 400 PAGE_TOO_DEEP or INVALID_CURSOR
 */
export async function listFeed(
  subscriber: Types.ObjectId,
  query: PageQuery,
): Promise<PluginPage<VideoWithOwner>> {
  const channels = await newestChannels(subscriber);
  return pageOfPlugin<VideoWithOwner>(Video, feedList(channels), query);
}

async function newestChannels(subscriber: Types.ObjectId): Promise<Types.ObjectId[]> {
  const rows = await Subscription.find({ subscriber })
    .sort(sortOf(NEWEST_FIRST))
    .limit(MAX_FEED_CHANNELS)
    .select('channel')
    .lean();
  return rows.map(({ channel }) => channel);
}

export function feedList(channels: readonly Types.ObjectId[]): PluginList {
  return {
    filter: {},
    order: NEWEST_FIRST,
    joins: [...(isMerged(channels) ? wholeVideoStages() : []), ...listedVideoStages()],
    storedTotal: () => publishedBy(channels),
    orderedStages: (_filter, order, after, reach) => mergeStages(channels, order, after, reach),
  };
}

function isMerged(channels: readonly Types.ObjectId[]): boolean {
  return channels.length > CHANNELS_PER_SCAN;
}

/**
 * Each channel's videos come sorted from the index; merging reads one page of each group of them. What
 * is merged is no more than the order needs: a deep page sorts all the rows before it.
 */
function mergeStages(
  channels: readonly Types.ObjectId[],
  order: KeysetOrder,
  after: Filter | undefined,
  reach: number,
): PipelineStage[] {
  const newestOf = (group: readonly Types.ObjectId[]): RowStage[] => [
    { $match: { owner: { $in: group }, isPublished: true, ...after } },
    { $sort: sortOf(order) },
    { $limit: reach },
    ...(isMerged(channels) ? [{ $project: { [order.field]: 1 } }] : []),
  ];
  const [first = [], ...others] = groupsOf(channels);
  return [
    ...newestOf(first),
    ...others.map((group) => ({
      $unionWith: { coll: Video.collection.collectionName, pipeline: newestOf(group) },
    })),
    ...(isMerged(channels) ? [{ $sort: sortOf(order) }] : []),
  ];
}

/** Puts the videos in the place of what was merged, once it is a page. */
function wholeVideoStages(): RowStage[] {
  return [
    {
      $lookup: {
        from: Video.collection.collectionName,
        localField: '_id',
        foreignField: '_id',
        as: 'video',
      },
    },
    { $unwind: '$video' },
    { $replaceWith: { $mergeObjects: ['$video', { sortValue: '$sortValue' }] } },
  ];
}

function groupsOf(channels: readonly Types.ObjectId[]): Types.ObjectId[][] {
  return Array.from({ length: Math.ceil(channels.length / CHANNELS_PER_SCAN) }, (_group, index) =>
    channels.slice(index * CHANNELS_PER_SCAN, (index + 1) * CHANNELS_PER_SCAN),
  );
}

/** Adds up what each channel has stored about itself. */
async function publishedBy(channels: readonly Types.ObjectId[]): Promise<number> {
  const [sum] = await User.aggregate<{ total: number }>([
    { $match: { _id: { $in: channels } } },
    { $group: { _id: null, total: { $sum: '$videosCount' } } },
  ]);
  return sum?.total ?? 0;
}
