import { z } from 'zod';
import type { Operations } from '../operation';
import { nothing } from '../schemas/common.schema';
import { EXAMPLE_SESSION, session } from '../schemas/session.schema';

export const sessionOperations: Operations = {
  'GET /api/v1/users/sessions': {
    tag: 'Sessions',
    summary: 'List the devices that one is signed in on',
    description:
      'All of them, the one used last first. `lastUsedAt` is the last sign-in or refresh, and `ip` and `userAgent` are those of that request.',
    access: 'signed in',
    rateLimit: 'read',
    answer: z.array(session),
    example: { data: [EXAMPLE_SESSION] },
    saves: { sessionId: 'data.0._id' },
  },
  'DELETE /api/v1/users/sessions/:sessionId': {
    tag: 'Sessions',
    summary: 'Sign one device out',
    description:
      'Its access token is refused from the next request on. One’s own session may be named too; then the cookies are cleared.',
    access: 'signed in',
    rateLimit: 'write',
    answer: nothing,
    failures: ['404 SESSION_NOT_FOUND'],
    example: { params: { sessionId: '{{sessionId}}' }, data: {} },
  },
  'DELETE /api/v1/users/sessions': {
    tag: 'Sessions',
    summary: 'Sign every other device out',
    description: 'The session that asks goes on.',
    access: 'signed in',
    rateLimit: 'write',
    answer: nothing,
    example: { data: {} },
  },
};
