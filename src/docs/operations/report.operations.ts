import { z } from 'zod';
import type { Operations } from '../operation';
import { EXAMPLE_OWN_REPORT, ownReport } from '../schemas/moderation.schema';

export const reportOperations: Operations = {
  'POST /api/v1/reports': {
    tag: 'Moderation',
    summary: 'Report a video, a comment or a person',
    description:
      '`target` is the id of what `targetType` names. One report of a thing may be open at a time; whoever is reported does not learn by whom.',
    access: 'signed in',
    rateLimit: 'write',
    statusCode: 201,
    answer: ownReport,
    failures: [
      '400 SELF_REPORT',
      '404 VIDEO_NOT_FOUND',
      '404 COMMENT_NOT_FOUND',
      '404 CHANNEL_NOT_FOUND',
      '409 ALREADY_REPORTED',
    ],
    saves: { reportId: 'data._id' },
    example: {
      body: {
        targetType: 'user',
        target: '{{channelId}}',
        reason: 'spam',
        details: EXAMPLE_OWN_REPORT.details,
      },
      data: EXAMPLE_OWN_REPORT,
    },
  },
  'GET /api/v1/reports': {
    tag: 'Moderation',
    summary: 'List your reports, newest first',
    access: 'signed in',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(ownReport),
    example: { query: { limit: '20' }, data: [EXAMPLE_OWN_REPORT] },
  },
  'GET /api/v1/reports/:reportId': {
    tag: 'Moderation',
    summary: 'See what came of a report of yours',
    access: 'signed in',
    rateLimit: 'read',
    answer: ownReport,
    failures: ['404 REPORT_NOT_FOUND'],
    example: { params: { reportId: '{{reportId}}' }, data: EXAMPLE_OWN_REPORT },
  },
};
