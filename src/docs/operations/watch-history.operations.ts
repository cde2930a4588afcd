import { z } from 'zod';
import { aliases, type Operations } from '../operation';
import { EXAMPLE_TIME, nothing } from '../schemas/common.schema';
import { EXAMPLE_VIDEO, watchedVideo } from '../schemas/video.schema';
import { historyPause, watchState } from '../schemas/watch-history.schema';

const EXAMPLE_STATE = { progress: 42, watchedAt: EXAMPLE_TIME, completed: false };

const operations: Operations = {
  'POST /api/v1/users/history/:videoId': {
    tag: 'Watch history',
    summary: 'Save how far a video was watched',
    description: 'Without `progress`, the video only moves to the top.',
    access: 'signed in',
    rateLimit: 'write',
    answer: watchState,
    failures: ['404 VIDEO_NOT_FOUND'],
    example: { params: { videoId: '{{videoId}}' }, body: { progress: 42 }, data: EXAMPLE_STATE },
  },
  'GET /api/v1/users/history': {
    tag: 'Watch history',
    summary: 'List what was watched, newest first',
    access: 'signed in',
    rateLimit: 'read',
    answer: z.array(watchedVideo),
    shape: 'array page',
    example: { data: [{ ...EXAMPLE_VIDEO, ...EXAMPLE_STATE }] },
  },
  'PATCH /api/v1/users/history': {
    tag: 'Watch history',
    summary: 'Pause the history, or go on with it',
    description: 'While it is paused, watching leaves no trace.',
    access: 'signed in',
    rateLimit: 'write',
    answer: historyPause,
    example: { body: { paused: false }, data: { paused: false } },
  },
  'DELETE /api/v1/users/history/:videoId': {
    tag: 'Watch history',
    summary: 'Take one video out of the history',
    access: 'signed in',
    rateLimit: 'write',
    answer: nothing,
    example: { params: { videoId: '{{videoId}}' }, data: {} },
  },
  'DELETE /api/v1/users/history': {
    tag: 'Watch history',
    summary: 'Empty the history',
    access: 'signed in',
    rateLimit: 'write',
    answer: nothing,
    example: { data: {} },
  },
};

export const watchHistoryOperations: Operations = {
  ...operations,
  ...aliases(operations, {
    'PUT /api/v1/users/history/:videoId': 'POST /api/v1/users/history/:videoId',
  }),
};
