import { z } from 'zod';
import type { Operations } from '../operation';
import { nothing } from '../schemas/common.schema';
import { EXAMPLE_TWEET, tweet } from '../schemas/tweet.schema';

const params = { tweetId: '{{tweetId}}' };

export const tweetOperations: Operations = {
  'POST /api/v1/tweets': {
    tag: 'Tweets',
    summary: 'Post a tweet',
    access: 'signed in',
    rateLimit: 'write',
    statusCode: 201,
    answer: tweet,
    saves: { tweetId: 'data._id' },
    example: {
      body: { content: EXAMPLE_TWEET.content },
      data: { ...EXAMPLE_TWEET, likesCount: 0 },
    },
  },
  'GET /api/v1/tweets': {
    tag: 'Tweets',
    summary: "List everybody's tweets, newest first",
    access: 'guest',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(tweet),
    example: { query: { limit: '20' }, data: [EXAMPLE_TWEET] },
  },
  'GET /api/v1/tweets/user/:userId': {
    tag: 'Tweets',
    summary: "List one person's tweets, newest first",
    access: 'guest',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(tweet),
    failures: ['404 CHANNEL_NOT_FOUND'],
    example: { params: { userId: '{{userId}}' }, query: { limit: '20' }, data: [EXAMPLE_TWEET] },
  },
  'GET /api/v1/tweets/:tweetId': {
    tag: 'Tweets',
    summary: 'Get a tweet',
    access: 'guest',
    rateLimit: 'read',
    answer: tweet,
    failures: ['404 TWEET_NOT_FOUND'],
    example: { params, data: EXAMPLE_TWEET },
  },
  'PATCH /api/v1/tweets/:tweetId': {
    tag: 'Tweets',
    summary: 'Change a tweet of yours',
    access: 'signed in',
    rateLimit: 'write',
    answer: tweet,
    failures: ['403 FORBIDDEN', '404 TWEET_NOT_FOUND'],
    example: {
      params,
      body: { content: 'A new video on Saturday.' },
      data: { ...EXAMPLE_TWEET, content: 'A new video on Saturday.' },
    },
  },
  'DELETE /api/v1/tweets/:tweetId': {
    tag: 'Tweets',
    summary: 'Delete a tweet of yours',
    access: 'signed in',
    rateLimit: 'write',
    answer: nothing,
    failures: ['403 FORBIDDEN', '404 TWEET_NOT_FOUND'],
    example: { params, data: {} },
  },
};
