import { aliases, type Operations } from '../operation';
import { nothing } from '../schemas/common.schema';
import { account, channel, EXAMPLE_ACCOUNT, signIn, tokenPair } from '../schemas/user.schema';
import { EXAMPLE_VARIABLES } from '../example-values';

const { accessToken, refreshToken } = EXAMPLE_VARIABLES;
const EXAMPLE_TOKENS = { accessToken, refreshToken };
const SAVED_TOKENS = { accessToken: 'data.accessToken', refreshToken: 'data.refreshToken' };

/** Of what asks for the password once more, and for a code where the account has two-factor. */
const WRONG_PROOFS = [
  '400 WRONG_PASSWORD',
  '400 TWO_FACTOR_REQUIRED',
  '400 TWO_FACTOR_INVALID',
] as const;

const operations: Operations = {
  'POST /api/v1/users/register': {
    tag: 'Users',
    summary: 'Make an account',
    description: 'Signs nobody in: that is what the next request is for.',
    access: 'anybody',
    rateLimit: 'credentials',
    statusCode: 201,
    answer: account,
    failures: ['409 ALREADY_EXISTS'],
    example: {
      body: {
        fullName: 'Ada Lovelace',
        username: '{{username}}',
        email: '{{username}}@example.com',
        password: '{{password}}',
      },
      files: { avatar: 'picture.png', coverImage: 'picture.jpg' },
      data: EXAMPLE_ACCOUNT,
    },
    saves: { userId: 'data._id' },
  },
  'POST /api/v1/users/login': {
    tag: 'Users',
    summary: 'Sign in',
    description:
      '`username` and `email` may each hold either. The tokens are in cookies too. An account with two-factor answers `TWO_FACTOR_REQUIRED` to the right password: send all of it again with `code`, from the app or a recovery code.',
    access: 'anybody',
    rateLimit: 'credentials',
    answer: signIn,
    failures: [
      '401 INVALID_CREDENTIALS',
      '401 TWO_FACTOR_REQUIRED',
      '401 TWO_FACTOR_INVALID',
      '403 ACCOUNT_SUSPENDED',
    ],
    example: {
      body: { username: '{{username}}', password: '{{password}}' },
      data: { user: EXAMPLE_ACCOUNT, ...EXAMPLE_TOKENS },
    },
    saves: SAVED_TOKENS,
  },
  'POST /api/v1/users/refresh-token': {
    tag: 'Users',
    summary: 'Exchange the refresh token',
    description:
      'Every refresh token works once; one that comes back later ends its session. Without one in the body, the cookie’s is taken.',
    access: 'refresh token',
    rateLimit: 'credentials',
    answer: tokenPair,
    example: { body: { refreshToken: '{{refreshToken}}' }, data: EXAMPLE_TOKENS },
    saves: SAVED_TOKENS,
  },
  'GET /api/v1/users/current-user': {
    tag: 'Users',
    summary: 'Tell who is signed in',
    access: 'signed in',
    rateLimit: 'read',
    answer: account,
    example: { data: EXAMPLE_ACCOUNT },
  },
  'GET /api/v1/users/c/:username': {
    tag: 'Users',
    summary: 'Show a channel',
    description: '`isSubscribed` is the caller’s; `email` is shown to its owner alone.',
    access: 'guest',
    rateLimit: 'read',
    answer: channel,
    failures: ['404 CHANNEL_NOT_FOUND'],
    example: {
      params: { username: '{{username}}' },
      data: {
        _id: EXAMPLE_ACCOUNT._id,
        username: EXAMPLE_ACCOUNT.username,
        fullName: EXAMPLE_ACCOUNT.fullName,
        avatar: EXAMPLE_ACCOUNT.avatar,
        coverImage: EXAMPLE_ACCOUNT.coverImage,
        description: 'Notes on engines.',
        subscribersCount: 1815,
        channelsSubscribedToCount: 12,
        videosCount: 36,
        isSubscribed: false,
        createdAt: EXAMPLE_ACCOUNT.createdAt,
      },
    },
  },
  'PATCH /api/v1/users/update-account': {
    tag: 'Users',
    summary: 'Change what a profile says',
    description:
      'At least one field; what is absent stays. Another `email` takes the `password` once the present one is confirmed, and a `code` too where two-factor is on.',
    access: 'signed in',
    rateLimit: 'write',
    answer: account,
    failures: [...WRONG_PROOFS, '409 ALREADY_EXISTS', '503 SERVICE_UNAVAILABLE'],
    example: {
      body: { fullName: 'Ada King', description: 'Notes on engines.' },
      data: { ...EXAMPLE_ACCOUNT, fullName: 'Ada King', description: 'Notes on engines.' },
    },
  },
  'PATCH /api/v1/users/avatar': {
    tag: 'Users',
    summary: 'Replace the avatar',
    access: 'signed in',
    rateLimit: 'upload',
    answer: account,
    failures: ['413 QUOTA_EXCEEDED'],
    example: { files: { avatar: 'picture.jpg' }, data: EXAMPLE_ACCOUNT },
  },
  'PATCH /api/v1/users/cover-image': {
    tag: 'Users',
    summary: 'Replace the cover image, or set the first one',
    access: 'signed in',
    rateLimit: 'upload',
    answer: account,
    failures: ['413 QUOTA_EXCEEDED'],
    example: { files: { coverImage: 'picture.png' }, data: EXAMPLE_ACCOUNT },
  },
  'POST /api/v1/users/change-password': {
    tag: 'Users',
    summary: 'Change the password',
    description:
      'Ends every other session at once; this one goes on, and so does its refresh token. `confirmPassword` is compared when it is sent. `code` is asked for where two-factor is on.',
    access: 'signed in',
    rateLimit: 'credentials',
    answer: nothing,
    failures: [...WRONG_PROOFS, '409 EDIT_CONFLICT', '503 SERVICE_UNAVAILABLE'],
    example: {
      body: {
        oldPassword: '{{password}}',
        newPassword: '{{newPassword}}',
        confirmPassword: '{{newPassword}}',
      },
      data: {},
    },
    saves: { password: 'sent.newPassword' },
  },
  'DELETE /api/v1/users/current-user': {
    tag: 'Users',
    summary: 'Delete the account',
    description:
      'Asks for the password once more, and for `code` where two-factor is on. Ends all sessions at once and clears the cookies; everything that was the account’s own — videos, comments, tweets, likes, playlists, subscriptions both ways, history and files — is deleted, when there is much of it in the background.',
    access: 'signed in',
    rateLimit: 'credentials',
    answer: nothing,
    failures: [...WRONG_PROOFS, '409 EDIT_CONFLICT', '503 SERVICE_UNAVAILABLE'],
    example: { body: { password: '{{password}}' }, data: {} },
  },
  'POST /api/v1/users/logout': {
    tag: 'Users',
    summary: 'Sign out',
    description: 'Ends the session; an access token that has expired is good enough for that.',
    access: 'signed in, however old the token',
    rateLimit: 'write',
    answer: nothing,
    example: { data: {} },
  },
};

export const userOperations: Operations = {
  ...operations,
  ...aliases(operations, {
    'PATCH /api/v1/users/update-avatar': 'PATCH /api/v1/users/avatar',
    'PATCH /api/v1/users/update-cover-image': 'PATCH /api/v1/users/cover-image',
  }),
};
