import { z } from 'zod';
import type { Operations } from '../operation';
import { likeState } from '../schemas/like.schema';
import { EXAMPLE_VIDEO, video } from '../schemas/video.schema';

export const likeOperations: Operations = {
  'POST /api/v1/likes/toggle/v/:videoId': {
    tag: 'Likes',
    summary: 'Like a video or take the like back',
    access: 'signed in',
    rateLimit: 'write',
    answer: likeState,
    failures: ['404 VIDEO_NOT_FOUND'],
    example: { params: { videoId: '{{videoId}}' }, data: { isLiked: true, likesCount: 43 } },
  },
  'POST /api/v1/likes/toggle/c/:commentId': {
    tag: 'Likes',
    summary: 'Like a comment or take the like back',
    access: 'signed in',
    rateLimit: 'write',
    answer: likeState,
    failures: ['404 COMMENT_NOT_FOUND'],
    example: { params: { commentId: '{{commentId}}' }, data: { isLiked: true, likesCount: 4 } },
  },
  'POST /api/v1/likes/toggle/t/:tweetId': {
    tag: 'Likes',
    summary: 'Like a tweet or take the like back',
    access: 'signed in',
    rateLimit: 'write',
    answer: likeState,
    failures: ['404 TWEET_NOT_FOUND'],
    example: { params: { tweetId: '{{tweetId}}' }, data: { isLiked: true, likesCount: 6 } },
  },
  'GET /api/v1/likes/videos': {
    tag: 'Likes',
    summary: 'List the videos that you like, newest like first',
    access: 'signed in',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(video),
    example: { query: { limit: '20' }, data: [EXAMPLE_VIDEO] },
  },
};
