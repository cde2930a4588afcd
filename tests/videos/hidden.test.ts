import type { Test } from 'supertest';
import { Video } from '../../src/models/video.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

/**
 * A video that was public, and that Bob has liked, watched, listed and commented on, is hidden by
 * Ada. From then on it exists for Ada alone, whichever way one looks for it.
 */
let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
let videoId: string;
let commentId: string;
let playlistId: string;

const call = (
  method: 'get' | 'post' | 'put' | 'patch' | 'delete',
  address: string,
  account?: SignedInAccount,
): Test => {
  const test = server.api()[method](`/api/v1${address}`);
  return account ? test.set(bearer(account.accessToken)) : test;
};

beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
  videoId = await seedVideo(ada.user._id, {
    title: 'Quokka diary',
    tags: ['quokka-tag'],
    category: 'quokka-category',
  });
  const comment = await call('post', `/comments/${videoId}`, bob).send({ content: 'Nice' });
  commentId = dataOf(comment, 201)._id;
  const playlist = await call('post', '/playlist', bob).send({ name: 'Public list' });
  playlistId = dataOf(playlist, 201)._id;
  dataOf(await call('get', '/playlist/watch-later', bob));
  dataOf(await call('patch', `/playlist/add/${videoId}/${playlistId}`, bob));
  dataOf(await call('post', `/likes/toggle/v/${videoId}`, bob));
  dataOf(await call('post', `/subscriptions/c/${ada.user._id}`, bob));
  dataOf(await call('get', `/videos/${videoId}`, bob));
  dataOf(await call('patch', `/videos/toggle/publish/${videoId}`, ada));
});
afterAll(() => server.stop());

const LISTS: [string, () => string][] = [
  ['the list of all', () => '/videos'],
  ['the channel by id', () => `/videos?userId=${ada.user._id}`],
  ['the channel by name', () => `/videos?username=${ada.user.username}`],
  ['a search', () => '/videos?query=quokka'],
  ['its tag', () => '/videos?tag=quokka-tag'],
  ['its category', () => '/videos?category=quokka-category'],
  ['the feed', () => '/subscriptions/feed'],
  ['the likes', () => '/likes/videos'],
  ['the history', () => '/users/history'],
  ['the suggestions', () => '/search/suggestions?query=quok'],
  ['the other’s playlist', () => `/playlist/${playlistId}`],
  ['the other’s playlists', () => `/playlist/user/${bob.user._id}`],
  ['the channels that are followed', () => `/subscriptions/u/${bob.user._id}`],
];

describe('a video that its owner has hidden', () => {
  test.each(LISTS)('%s, when somebody else reads it, does not show it', async (_what, address) => {
    const answer = await call('get', address(), bob);

    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain(videoId);
    expect(answer.text).not.toMatch(/quokka/i);
  });

  test('totals, when somebody else reads them, do not count it', async () => {
    for (const address of ['/videos', `/videos?userId=${ada.user._id}`, '/videos?query=quokka']) {
      expect(dataOf(await call('get', address, bob)).totalDocs).toBe(0);
    }
    expect(dataOf(await call('get', `/playlist/${playlistId}`, bob))).toMatchObject({
      videos: [],
      totalVideos: 0,
      totalViews: 0,
    });
    expect(dataOf(await call('get', `/users/c/${ada.user.username}`)).videosCount).toBe(0);
  });

  test.each<[string, 'get' | 'post' | 'patch' | 'delete', () => string, object]>([
    ['watch it', 'get', () => `/videos/${videoId}`, {}],
    ['see what is like it', 'get', () => `/videos/${videoId}/related`, {}],
    ['read its comments', 'get', () => `/comments/${videoId}`, {}],
    ['comment on it', 'post', () => `/comments/${videoId}`, { content: 'x' }],
    ['like it', 'post', () => `/likes/toggle/v/${videoId}`, {}],
    ['save a position', 'post', () => `/users/history/${videoId}`, { progress: 1 }],
    ['put it on a list', 'patch', () => `/playlist/add/${videoId}/${playlistId}`, {}],
    ['change it', 'patch', () => `/videos/${videoId}`, { title: 'x' }],
    ['publish it', 'patch', () => `/videos/toggle/publish/${videoId}`, {}],
    ['delete it', 'delete', () => `/videos/${videoId}`, {}],
  ])('somebody else, when they try to %s, gets 404', async (_what, method, address, body) => {
    const sent = call(method, address(), bob);

    expectFailure(await (method === 'get' ? sent : sent.send(body)), 404, 'VIDEO_NOT_FOUND');
  });

  test.each<[string, 'get' | 'post' | 'patch' | 'delete', () => string]>([
    ['read', 'get', () => `/comments/c/${commentId}`],
    ['read the replies to', 'get', () => `/comments/c/${commentId}/replies`],
    ['reply to', 'post', () => `/comments/c/${commentId}/replies`],
    ['like', 'post', () => `/likes/toggle/c/${commentId}`],
    ['change', 'patch', () => `/comments/c/${commentId}`],
    ['delete', 'delete', () => `/comments/c/${commentId}`],
  ])(
    'the author of a comment under it, when they try to %s it, gets 404',
    async (_what, method, address) => {
      const sent = call(method, address(), bob);
      const answer = await (method === 'get' ? sent : sent.send({ content: 'x' }));

      expectFailure(answer, 404, 'COMMENT_NOT_FOUND');
    },
  );

  test('its owner, when they look for it, finds it everywhere that is their own', async () => {
    expect(dataOf(await call('get', `/videos/${videoId}`, ada)).isPublished).toBe(false);
    const own = dataOf(await call('get', `/videos?userId=${ada.user._id}`, ada));
    expect([own.totalDocs, own.docs[0]._id]).toEqual([1, videoId]);
    expect(dataOf(await call('get', '/dashboard/videos', ada))[0]._id).toBe(videoId);
    expect(dataOf(await call('get', `/comments/${videoId}`, ada)).docs[0]._id).toBe(commentId);
  });

  test('it, when published again, is where it was, with all that hung on it', async () => {
    dataOf(await call('patch', `/videos/toggle/publish/${videoId}`, ada));

    for (const [, address] of LISTS) {
      expect((await call('get', address(), bob)).text).toMatch(/quokka/i);
    }
    expect(dataOf(await call('get', `/videos/${videoId}`, bob))).toMatchObject({
      isLiked: true,
      likesCount: 1,
      commentsCount: 1,
      views: 1,
    });
    expect((await Video.findById(videoId).lean())?.views).toBe(1);
  });
});
