import type { Operations } from '../operation';
import { nothing } from '../schemas/common.schema';
import { mailedTo } from '../schemas/recovery.schema';
import { page } from '../schemas/service.schema';
import { EXAMPLE_ACCOUNT } from '../schemas/user.schema';

/** Of the right form, and nobody's. */
const EXAMPLE_TOKEN = 'q3VbT0Zx8cX2mDk1YwR5Lg';

export const recoveryOperations: Operations = {
  'POST /api/v1/users/forgot-password': {
    tag: 'Recovery',
    summary: 'Ask for a new password',
    description:
      'Sends a link that works once, for an hour, if somebody has the address; the answer is the same if nobody has. A newer link makes the older ones void. One address gets five within a quarter of an hour.',
    access: 'anybody',
    rateLimit: 'credentials',
    answer: nothing,
    example: { body: { email: '{{username}}@example.com' }, data: {} },
  },
  'POST /api/v1/users/reset-password': {
    tag: 'Recovery',
    summary: 'Choose a new password',
    description:
      '`token` is what follows `#token=` in the link of the mail. Ends every session of the account and signs nobody in; a second factor stays as it is.',
    access: 'anybody',
    rateLimit: 'credentials',
    answer: nothing,
    failures: ['400 ACCOUNT_TOKEN_INVALID', '503 SERVICE_UNAVAILABLE'],
    example: { body: { token: EXAMPLE_TOKEN, newPassword: '{{newPassword}}' }, data: {} },
    refusedInRun: '400 ACCOUNT_TOKEN_INVALID',
  },
  'POST /api/v1/users/verify-email': {
    tag: 'Recovery',
    summary: 'Confirm an email address',
    description:
      'With the `token` of the mail that came to it: the address of a new account, or the one that is to take the place of another. Works for a day, once.',
    access: 'anybody',
    rateLimit: 'credentials',
    answer: mailedTo,
    failures: ['400 ACCOUNT_TOKEN_INVALID', '409 ALREADY_EXISTS'],
    example: { body: { token: EXAMPLE_TOKEN }, data: { email: EXAMPLE_ACCOUNT.email } },
    refusedInRun: '400 ACCOUNT_TOKEN_INVALID',
  },
  'POST /api/v1/users/verify-email/resend': {
    tag: 'Recovery',
    summary: 'Send the confirmation again',
    description:
      'To the address that waits to be confirmed: the new one while a change is pending, else the present one.',
    access: 'signed in',
    rateLimit: 'credentials',
    answer: mailedTo,
    failures: ['409 EMAIL_ALREADY_VERIFIED'],
    example: { data: { email: EXAMPLE_ACCOUNT.email } },
  },
  'GET /account/verify-email': {
    tag: 'Recovery',
    summary: 'Show the page that confirms an address',
    description:
      'Where mails link to, with `#token=` behind it; `APP_URL` has them link elsewhere.',
    access: 'anybody',
    rateLimit: 'none',
    answer: page,
    shape: 'plain',
    contentType: 'text/html',
    otherAnswers: { 304: 'It has not changed since the `ETag` in `If-None-Match`' },
    failures: ['412 PRECONDITION_FAILED'],
    example: { data: '<!doctype html>' },
  },
  'GET /account/reset-password': {
    tag: 'Recovery',
    summary: 'Show the page that takes a new password',
    description:
      'Where mails link to, with `#token=` behind it; `APP_URL` has them link elsewhere.',
    access: 'anybody',
    rateLimit: 'none',
    answer: page,
    shape: 'plain',
    contentType: 'text/html',
    otherAnswers: { 304: 'It has not changed since the `ETag` in `If-None-Match`' },
    failures: ['412 PRECONDITION_FAILED'],
    example: { data: '<!doctype html>' },
  },
};
