import { z } from 'zod';
import type { Operations } from '../operation';
import { accountForAdmin, EXAMPLE_ACCOUNT_FOR_ADMIN } from '../schemas/moderation.schema';

export const adminOperations: Operations = {
  'GET /api/v1/admin/users': {
    tag: 'Moderation',
    summary: 'List accounts by username',
    description: 'For admins: everybody, who is named so, or who has a role.',
    access: 'admin',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(accountForAdmin),
    example: {
      query: { query: '{{otherUsername}}', limit: '20' },
      data: [EXAMPLE_ACCOUNT_FOR_ADMIN],
    },
  },
  'PATCH /api/v1/admin/users/:userId/role': {
    tag: 'Moderation',
    summary: 'Give somebody another role',
    description:
      'Holds from the person’s next request on. Nobody changes their own role, so one admin always remains; the first one is made by `npm run role`.',
    access: 'admin',
    rateLimit: 'write',
    answer: accountForAdmin,
    failures: ['404 CHANNEL_NOT_FOUND'],
    example: {
      params: { userId: '{{channelId}}' },
      body: { role: 'moderator' },
      data: { ...EXAMPLE_ACCOUNT_FOR_ADMIN, role: 'moderator' },
    },
  },
};
