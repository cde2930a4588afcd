import { z } from 'zod';
import { objectId, pagingQuery } from './common.validator';

/** POST /subscriptions/c/:channelId */
export const channelIdSchema = z.object({ params: z.object({ channelId: objectId }) });

/** GET /subscriptions/c/:channelId */
export const listSubscribersSchema = channelIdSchema.extend({ query: z.object(pagingQuery) });

/** GET /subscriptions/u/:subscriberId */
export const listChannelsSchema = z.object({
  params: z.object({ subscriberId: objectId }),
  query: z.object(pagingQuery),
});

/** GET /subscriptions/feed */
export const feedSchema = z.object({ query: z.object(pagingQuery) });
