import type { OperationExample, RouteName } from './operation';

/** One call of a Postman run beside the operations of its own folder. */
export interface Step {
  route: RouteName;
  /** The name of the request. */
  name: string;
  /** What differs from the operation's own example. */
  example?: Omit<OperationExample, 'data'>;
  /** Replaces what the operation saves. */
  saves?: Readonly<Record<string, string>>;
}

interface Tag {
  description: string;
  /** What a Postman run needs before the folder's own requests, and what it does after them. */
  before?: readonly Step[];
  after?: readonly Step[];
}

const publish = (name: string): Step => ({ route: 'POST /api/v1/videos', name });

const registerOther = (name: string): Step => ({
  route: 'POST /api/v1/users/register',
  name,
  example: {
    body: {
      fullName: 'Charles Babbage',
      username: '{{otherUsername}}',
      email: '{{otherUsername}}@example.com',
      password: '{{password}}',
    },
  },
  saves: { channelId: 'data._id' },
});

/** The resources of the API, in the order of its page and of a Postman run. */
export const TAGS = {
  Service: { description: 'Whether the server runs, and what it can do.' },
  Users: {
    description: 'Accounts, sessions and channel pages.',
    after: [
      { route: 'POST /api/v1/users/register', name: 'Make an account for what follows' },
      { route: 'POST /api/v1/users/login', name: 'Sign in for what follows' },
    ],
  },
  Sessions: {
    description: 'The devices that one is signed in on.',
    before: [{ route: 'POST /api/v1/users/login', name: 'Sign in on a second device', saves: {} }],
  },
  'Two-factor': {
    description: 'A second factor for one’s account: codes of an authenticator app.',
  },
  Recovery: { description: 'What is done by mail: a forgotten password, and proving an address.' },
  'Your data': { description: 'Everything of your account, to take along.' },
  Uploads: {
    description:
      'Files that come in pieces and go on where they were cut, by the tus protocol; a finished one is published by its id.',
  },
  Videos: { description: 'Lists, search, publishing and watching.' },
  Comments: {
    description: 'What people say about a video, and to each other.',
    before: [publish('Publish a video to comment on')],
  },
  Tweets: { description: 'Short posts of channels.' },
  Likes: {
    description: 'Likes of videos, comments and tweets.',
    before: [
      publish('Publish a video to like'),
      { route: 'POST /api/v1/comments/:videoId', name: 'Write a comment to like' },
      { route: 'POST /api/v1/tweets', name: 'Post a tweet to like' },
    ],
  },
  Playlists: {
    description: 'Playlists, and the list to watch later.',
    before: [publish('Publish a video for a playlist')],
  },
  Subscriptions: {
    description: 'Who follows whom, and what is new from them.',
    before: [registerOther('Register a channel to subscribe to')],
  },
  'Watch history': {
    description: 'What one has watched, and where one stopped.',
    before: [publish('Publish a video to watch')],
  },
  Dashboard: { description: 'Figures and videos of one’s own channel.' },
  Moderation: {
    description:
      'Reports, and what moderators and admins do. In Postman, name an admin in `adminUsername` and `adminPassword` of the environment; `npm run role` makes one.',
    before: [
      registerOther('Register somebody to report'),
      publish('Publish a video to take down'),
      { route: 'POST /api/v1/comments/:videoId', name: 'Write a comment to be deleted' },
      {
        route: 'POST /api/v1/users/login',
        name: 'Sign in as an admin',
        example: { body: { username: '{{adminUsername}}', password: '{{adminPassword}}' } },
        saves: { adminAccessToken: 'data.accessToken' },
      },
    ],
  },
  Files: {
    description: 'Files that one keeps for oneself: pictures, videos, sound and documents.',
  },
  Media: {
    description: 'The files behind the addresses of videos and pictures.',
    before: [publish('Publish a video to download')],
  },
} as const satisfies Record<string, Tag>;

export type TagName = keyof typeof TAGS;

/** Tags by name, with what is optional of them. */
export const TAG_LIST: readonly (readonly [name: TagName, tag: Tag])[] = Object.entries(TAGS) as [
  TagName,
  Tag,
][];
