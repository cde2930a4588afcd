import { z } from 'zod';
import type { Operations } from '../operation';
import { EXAMPLE_OWNER, EXAMPLE_TIME, nothing } from '../schemas/common.schema';
import {
  EXAMPLE_LOG_ENTRY,
  EXAMPLE_MODERATED_USER,
  EXAMPLE_REPORT,
  EXAMPLE_SUSPENDED_USER,
  EXAMPLE_TAKEN_DOWN_VIDEO,
  logEntry,
  moderatedUser,
  report,
} from '../schemas/moderation.schema';
import { video } from '../schemas/video.schema';

const ofVideo = { videoId: '{{videoId}}' };
const ofUser = { userId: '{{channelId}}' };

export const moderationOperations: Operations = {
  'GET /api/v1/moderation/reports': {
    tag: 'Moderation',
    summary: 'List reports, oldest first',
    description: 'The open ones unless `status` says otherwise, each with what it is about.',
    access: 'moderator',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(report),
    example: { query: { status: 'open', limit: '20' }, data: [EXAMPLE_REPORT] },
  },
  'PATCH /api/v1/moderation/reports/:reportId': {
    tag: 'Moderation',
    summary: 'Resolve a report',
    description:
      'Of two who resolve a report at the same time one gets 409. What follows from it, such as a take-down, is a request of its own. Nobody decides on a report about themselves.',
    access: 'moderator',
    rateLimit: 'write',
    answer: report,
    failures: ['404 REPORT_NOT_FOUND', '409 REPORT_RESOLVED'],
    example: {
      params: { reportId: '{{reportId}}' },
      body: { resolution: 'upheld', note: 'Forty times the same.' },
      data: {
        ...EXAMPLE_REPORT,
        status: 'upheld',
        resolvedAt: EXAMPLE_TIME,
        resolvedBy: EXAMPLE_OWNER,
        note: 'Forty times the same.',
      },
    },
  },
  'POST /api/v1/moderation/videos/:videoId/take-down': {
    tag: 'Moderation',
    summary: 'Take a video down',
    description:
      'From then on it exists for its owner and the moderators alone. The owner reads `reason` in `takenDown` and cannot publish it.',
    access: 'moderator',
    rateLimit: 'write',
    answer: video,
    failures: ['404 VIDEO_NOT_FOUND', '409 ALREADY_TAKEN_DOWN'],
    example: {
      params: ofVideo,
      body: { reason: EXAMPLE_TAKEN_DOWN_VIDEO.takenDown.reason },
      data: EXAMPLE_TAKEN_DOWN_VIDEO,
    },
  },
  'GET /api/v1/moderation/videos/:videoId': {
    tag: 'Moderation',
    summary: 'See a video as a moderator',
    description: 'Also one that was taken down, or hidden after it was reported.',
    access: 'moderator',
    rateLimit: 'read',
    answer: video,
    failures: ['404 VIDEO_NOT_FOUND'],
    example: { params: ofVideo, data: EXAMPLE_TAKEN_DOWN_VIDEO },
  },
  'DELETE /api/v1/moderation/videos/:videoId/take-down': {
    tag: 'Moderation',
    summary: 'Give a video back',
    description: 'Publishes it again if it was published before. Not by its owner.',
    access: 'moderator',
    rateLimit: 'write',
    answer: nothing,
    failures: ['404 VIDEO_NOT_FOUND', '409 NOT_TAKEN_DOWN'],
    example: { params: ofVideo, body: { reason: 'The letter is published.' }, data: {} },
  },
  'DELETE /api/v1/moderation/comments/:commentId': {
    tag: 'Moderation',
    summary: 'Delete somebody’s comment with its replies',
    access: 'moderator',
    rateLimit: 'write',
    answer: nothing,
    failures: ['404 COMMENT_NOT_FOUND'],
    example: {
      params: { commentId: '{{commentId}}' },
      body: { reason: 'An advertisement.' },
      data: {},
    },
  },
  'POST /api/v1/moderation/users/:userId/suspension': {
    tag: 'Moderation',
    summary: 'Suspend an account',
    description:
      'Ends its sessions at once; signing in answers `ACCOUNT_SUSPENDED` with `reason`, until `until` or until it is lifted. Called again, it changes both. Moderators suspend neither moderators nor admins; admins suspend no admins.',
    access: 'moderator',
    rateLimit: 'write',
    answer: moderatedUser,
    failures: ['404 CHANNEL_NOT_FOUND'],
    example: {
      params: ofUser,
      body: {
        reason: EXAMPLE_SUSPENDED_USER.suspension.reason,
        until: EXAMPLE_SUSPENDED_USER.suspension.until,
      },
      data: EXAMPLE_SUSPENDED_USER,
    },
  },
  'DELETE /api/v1/moderation/users/:userId/suspension': {
    tag: 'Moderation',
    summary: 'Lift a suspension',
    access: 'moderator',
    rateLimit: 'write',
    answer: moderatedUser,
    failures: ['404 CHANNEL_NOT_FOUND', '409 NOT_SUSPENDED'],
    example: { params: ofUser, body: { reason: 'Promised better.' }, data: EXAMPLE_MODERATED_USER },
  },
  'GET /api/v1/moderation/log': {
    tag: 'Moderation',
    summary: 'List what moderators did, newest first',
    description: 'For admins. It is never changed, and kept when accounts go.',
    access: 'admin',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(logEntry),
    example: { query: { limit: '20' }, data: [EXAMPLE_LOG_ENTRY] },
  },
};
