import { z } from 'zod';
import { count } from './common.schema';

export const channelStats = z
  .strictObject({
    totalVideos: count,
    totalViews: count,
    totalSubscribers: count,
    totalLikes: count,
    totalComments: count,
    totalTweets: count,
  })
  .meta({ id: 'ChannelStats' });

export const dayViews = z
  .strictObject({ date: z.iso.date(), views: count })
  .meta({ id: 'DayViews' });
