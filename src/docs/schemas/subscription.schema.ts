import { z } from 'zod';
import { count } from './common.schema';

/** Whether the caller subscribes now, and how many people do. */
export const subscriptionState = z
  .strictObject({ isSubscribed: z.boolean(), subscribersCount: count })
  .meta({ id: 'SubscriptionState' });
