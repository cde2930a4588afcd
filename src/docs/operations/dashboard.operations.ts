import { z } from 'zod';
import type { Operations } from '../operation';
import { channelStats, dayViews } from '../schemas/dashboard.schema';
import { EXAMPLE_VIDEO, video } from '../schemas/video.schema';

export const dashboardOperations: Operations = {
  'GET /api/v1/dashboard/stats': {
    tag: 'Dashboard',
    summary: 'Get the figures of your channel',
    description: 'Videos count drafts too; likes and comments are those of your videos.',
    access: 'signed in',
    rateLimit: 'read',
    answer: channelStats,
    example: {
      data: {
        totalVideos: 12,
        totalViews: 1815,
        totalSubscribers: 300,
        totalLikes: 42,
        totalComments: 7,
        totalTweets: 3,
      },
    },
  },
  'GET /api/v1/dashboard/videos': {
    tag: 'Dashboard',
    summary: 'List all your videos, drafts too, newest first',
    access: 'signed in',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(video),
    example: { query: { limit: '20' }, data: [{ ...EXAMPLE_VIDEO, isPublished: false }] },
  },
  'GET /api/v1/dashboard/views': {
    tag: 'Dashboard',
    summary: 'Get the daily views of your channel',
    description:
      'One entry for each of the last `days` days (UTC), oldest first, today last. Views of videos that were deleted since stay counted.',
    access: 'signed in',
    rateLimit: 'read',
    answer: z.array(dayViews),
    example: {
      query: { days: '2' },
      data: [
        { date: '2026-03-13', views: 0 },
        { date: '2026-03-14', views: 42 },
      ],
    },
  },
};
