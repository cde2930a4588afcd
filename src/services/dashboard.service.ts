import type { Types } from 'mongoose';
import { driverCollection } from '../db/driver-collection';
import { DayViews } from '../models/day-views.model';
import { User } from '../models/user.model';
import { Video } from '../models/video.model';
import { listedVideoStages, type VideoWithOwner } from '../models/video.pipeline';
import { channelTotals } from './channel-totals.service';
import { pageOfArray, type ArrayList, type ArrayPage, type PageQuery } from './paging/array-page';
import { NEWEST_FIRST } from './paging/keyset-order';

const DAY_MILLISECONDS = 24 * 3600 * 1000;

export interface ChannelStats {
  totalVideos: number;
  totalViews: number;
  totalSubscribers: number;
  /** Likes and comments of the channel's videos. */
  totalLikes: number;
  totalComments: number;
  totalTweets: number;
}

/** What a channel has come to. Costs the same however many videos it has: all of it is stored. */
export async function channelStats(owner: Types.ObjectId): Promise<ChannelStats> {
  const [user, totals] = await Promise.all([
    driverCollection(User).findOne(
      { _id: owner },
      { projection: { allVideosCount: 1, subscribersCount: 1, tweetsCount: 1 } },
    ),
    channelTotals(owner),
  ]);
  return {
    totalVideos: user?.allVideosCount ?? 0,
    totalViews: totals.views,
    totalSubscribers: user?.subscribersCount ?? 0,
    totalLikes: totals.likesCount,
    totalComments: totals.commentsCount,
    totalTweets: user?.tweetsCount ?? 0,
  };
}

/** All videos of a channel, drafts too, newest first: for their owner's eyes. */
export async function listOwnVideos(
  owner: Types.ObjectId,
  query: PageQuery,
): Promise<ArrayPage<VideoWithOwner>> {
  return pageOfArray<VideoWithOwner>(Video, ownVideosList(owner), query);
}

export function ownVideosList(owner: Types.ObjectId): ArrayList {
  return { filter: { owner }, order: NEWEST_FIRST, joins: listedVideoStages() };
}

/**
 * How often a channel's videos were viewed on each of the last days.
 * @returns one entry a day (UTC), oldest first, today last; days without a view have 0
 */
export async function dailyViews(
  owner: Types.ObjectId,
  days: number,
): Promise<{ date: string; views: number }[]> {
  const today = Date.parse(dateOf(new Date()));
  const first = new Date(today - (days - 1) * DAY_MILLISECONDS);
  const rows = await driverCollection(DayViews)
    .find({ owner, day: { $gte: first } })
    .toArray();
  const counted = new Map(rows.map(({ day, views }) => [dateOf(day), views]));
  return Array.from({ length: days }, (_day, index) => {
    const date = dateOf(new Date(first.getTime() + index * DAY_MILLISECONDS));
    return { date, views: counted.get(date) ?? 0 };
  });
}

/** The UTC day, as YYYY-MM-DD. */
function dateOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}
