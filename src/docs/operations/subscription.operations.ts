import { z } from 'zod';
import { MAX_FEED_CHANNELS } from '../../constants';
import type { Operations } from '../operation';
import { examplePage, pluginPage } from '../schemas/common.schema';
import {
  EXAMPLE_SUBSCRIBED_CHANNEL,
  EXAMPLE_SUBSCRIBER,
  subscribedChannel,
  subscriber,
  subscriptionState,
} from '../schemas/subscription.schema';
import { EXAMPLE_VIDEO, video } from '../schemas/video.schema';

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
  'GET /api/v1/subscriptions/c/:channelId': {
    tag: 'Subscriptions',
    summary: 'List the subscribers of a channel, newest first',
    description: 'A page may be shorter than `limit` where an account is gone.',
    access: 'signed in',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(subscriber),
    failures: ['404 CHANNEL_NOT_FOUND'],
    example: {
      params: { channelId: '{{channelId}}' },
      query: { limit: '20' },
      data: [EXAMPLE_SUBSCRIBER],
    },
  },
  'GET /api/v1/subscriptions/u/:subscriberId': {
    tag: 'Subscriptions',
    summary: 'List the channels that a person subscribes to, newest first',
    description:
      'A page may be shorter than `limit` where an account is gone. `latestVideo` is null until the channel has published one.',
    access: 'signed in',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(subscribedChannel),
    failures: ['404 CHANNEL_NOT_FOUND'],
    example: {
      params: { subscriberId: '{{userId}}' },
      query: { limit: '20' },
      data: [EXAMPLE_SUBSCRIBED_CHANNEL],
    },
  },
  'GET /api/v1/subscriptions/feed': {
    tag: 'Subscriptions',
    summary: 'List the videos of your subscriptions, newest first',
    description: `Published videos of the ${MAX_FEED_CHANNELS} channels that you subscribed to last.`,
    access: 'signed in',
    rateLimit: 'read',
    answer: pluginPage(video),
    example: { query: { page: '1', limit: '20' }, data: examplePage([EXAMPLE_VIDEO]) },
  },
};
