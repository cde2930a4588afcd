import type { Operations } from '../operation';
import { subscriptionState } from '../schemas/subscription.schema';

export const subscriptionOperations: Operations = {
  'POST /api/v1/subscriptions/c/:channelId': {
    tag: 'Subscriptions',
    summary: 'Subscribe to a channel or end it',
    access: 'signed in',
    rateLimit: 'write',
    answer: subscriptionState,
    failures: ['400 SELF_SUBSCRIPTION', '404 CHANNEL_NOT_FOUND'],
    example: {
      params: { channelId: '{{channelId}}' },
      data: { isSubscribed: true, subscribersCount: 1816 },
    },
  },
};
