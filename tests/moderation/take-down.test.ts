import { ModerationLog } from '../../src/models/moderation-log.model';
import { Report } from '../../src/models/report.model';
import { Video } from '../../src/models/video.model';
import { reconcileCounters } from '../../src/services/reconcile/reconcile.service';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { addComment, call } from '../helpers/posts';
import { loginAs } from '../helpers/roles';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
let moderator: SignedInAccount;
let other: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
  moderator = await loginAs(server, 'moderator');
  other = await loginAs(server, 'admin');
});
afterAll(() => server.stop());

const takeDown = (videoId: string, reason = 'A private letter', account = moderator) =>
  call(server, 'post', `/moderation/videos/${videoId}/take-down`, account).send({ reason });

const restore = (videoId: string, account = moderator) =>
  call(server, 'delete', `/moderation/videos/${videoId}/take-down`, account);

const toggle = (videoId: string, account = ada) =>
  call(server, 'patch', `/videos/toggle/publish/${videoId}`, account);

async function drift(): Promise<string[]> {
  const found: string[] = [];
  await reconcileCounters({ fix: false }, ({ counter }) => found.push(counter));
  return found;
}

describe('a video that was taken down', () => {
  let videoId: string;
  let commentId: string;
  let playlistId: string;
  beforeAll(async () => {
    videoId = await seedVideo(ada.user._id, {
      title: 'Quokka diary',
      tags: ['quokka-tag'],
      category: 'quokka-category',
    });
    commentId = (await addComment(server, bob, videoId))._id;
    const playlist = await call(server, 'post', '/playlist', bob).send({ name: 'Public list' });
    playlistId = dataOf(playlist, 201)._id;
    dataOf(await call(server, 'patch', `/playlist/add/${videoId}/${playlistId}`, bob));
    dataOf(await call(server, 'post', `/likes/toggle/v/${videoId}`, bob));
    dataOf(await call(server, 'post', `/subscriptions/c/${ada.user._id}`, bob));
    dataOf(await call(server, 'get', `/videos/${videoId}`, bob));
    dataOf(await takeDown(videoId));
  });

  const lists: [string, () => string][] = [
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
    ['a playlist with it', () => `/playlist/${playlistId}`],
    ['the playlists', () => `/playlist/user/${bob.user._id}`],
    ['the channels that are followed', () => `/subscriptions/u/${bob.user._id}`],
  ];

  test.each(lists)('%s, when somebody else reads it, does not show it', async (_what, address) => {
    const answer = await call(server, 'get', address(), bob);

    expect(answer.status).toBe(200);
    expect(answer.text).not.toContain(videoId);
    expect(answer.text).not.toMatch(/quokka/i);
  });

  test('what is like another video, when somebody else reads it, does not show it', async () => {
    const alike = await seedVideo(ada.user._id, { tags: ['quokka-tag'], title: 'Another' });

    const related = await call(server, 'get', `/videos/${alike}/related`, bob);

    expect(related.status).toBe(200);
    expect(related.text).not.toContain(videoId);
    await call(server, 'delete', `/videos/${alike}`, ada).expect(200);
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
    ['report it', 'post', () => '/reports', { targetType: 'video', reason: 'spam' }],
  ])('somebody else, when they try to %s, gets 404', async (_what, method, address, body) => {
    const sent = call(server, method, address(), bob);
    const input = address() === '/reports' ? { ...body, target: videoId } : body;

    const answer = await (method === 'get' ? sent : sent.send(input));

    expectFailure(answer, 404, 'VIDEO_NOT_FOUND');
  });

  test('a comment under it, when its author reads, changes or likes it, answers 404', async () => {
    for (const [method, path] of [
      ['get', `/comments/c/${commentId}`],
      ['patch', `/comments/c/${commentId}`],
      ['post', `/likes/toggle/c/${commentId}`],
    ] as const) {
      const sent = call(server, method, path, bob);
      const answer = await (method === 'patch' ? sent.send({ content: 'x' }) : sent);
      expectFailure(answer, 404, 'COMMENT_NOT_FOUND');
    }
  });

  test('totals, when somebody else reads them, do not count it', async () => {
    for (const address of ['/videos', `/videos?userId=${ada.user._id}`, '/videos?query=quokka']) {
      expect(dataOf(await call(server, 'get', address, bob)).totalDocs).toBe(0);
    }
    const playlist = dataOf(await call(server, 'get', `/playlist/${playlistId}`, bob));
    expect(playlist).toMatchObject({ videos: [], totalVideos: 0, totalViews: 0 });
    const channel = dataOf(await call(server, 'get', `/users/c/${ada.user.username}`));
    expect(channel.videosCount).toBe(0);
    expect(await drift()).toEqual([]);
  });

  test('its owner, when they look at it, reads why, and others’ lists say nothing of it', async () => {
    const takenDown = { at: expect.any(String), reason: 'A private letter' };

    const own = dataOf(await call(server, 'get', `/videos/${videoId}`, ada));
    expect(own).toMatchObject({ isPublished: false, takenDown });
    const [listed] = dataOf(await call(server, 'get', '/dashboard/videos', ada));
    expect(listed).toMatchObject({ _id: videoId, takenDown });
    const stats = dataOf(await call(server, 'get', '/dashboard/stats', ada));
    expect(stats.totalVideos).toBe(1);
  });

  test('its owner, when they publish it, gets 403 with the reason and nothing moves', async () => {
    const answer = await toggle(videoId);

    expectFailure(answer, 403, 'VIDEO_TAKEN_DOWN');
    expect(answer.body.message).toContain('A private letter');
    const patch = await call(server, 'patch', `/videos/${videoId}`, ada).send({
      isPublished: true,
    });
    expectFailure(patch, 400, 'VALIDATION_FAILED');
    expect((await Video.findById(videoId).lean())?.isPublished).toBe(false);
    expect(await drift()).toEqual([]);
  });

  test('its owner, when they mend its text, may; it stays down', async () => {
    const answer = await call(server, 'patch', `/videos/${videoId}`, ada).send({
      description: 'Without the letter',
    });

    expect(dataOf(answer)).toMatchObject({ isPublished: false, takenDown: expect.anything() });
  });

  test('moderators, when they look at it, see it; another person gets 403', async () => {
    for (const account of [moderator, other]) {
      const seen = await call(server, 'get', `/moderation/videos/${videoId}`, account);
      expect(dataOf(seen)).toMatchObject({
        _id: videoId,
        takenDown: { reason: 'A private letter' },
        owner: { _id: ada.user._id },
      });
    }
    const refused = await call(server, 'get', `/moderation/videos/${videoId}`, bob);
    expectFailure(refused, 403, 'FORBIDDEN');
  });

  test('it, when given back, is where it was, with all that hung on it', async () => {
    dataOf(await restore(videoId));

    for (const [, address] of lists) {
      const answer = await call(server, 'get', address(), bob);
      expect({ address: address(), shown: /quokka/i.test(answer.text) }).toEqual({
        address: address(),
        shown: true,
      });
      expect(answer.text).not.toContain('takenDown');
    }
    const watched = dataOf(await call(server, 'get', `/videos/${videoId}`, bob));
    expect(watched).toMatchObject({ isPublished: true, isLiked: true, likesCount: 1 });
    expect(watched.takenDown).toBeUndefined();
    expect(await drift()).toEqual([]);
    dataOf(await toggle(videoId));
    dataOf(await toggle(videoId));
  });
});

describe('taking down and giving back', () => {
  test('a video, when it was hidden before, stays hidden when it is given back', async () => {
    const videoId = await seedVideo(ada.user._id);
    const target = { targetType: 'video', target: videoId, reason: 'hate' };
    dataOf(await call(server, 'post', '/reports', bob).send(target), 201);
    dataOf(await toggle(videoId));

    dataOf(await takeDown(videoId));
    dataOf(await restore(videoId));

    expect((await Video.findById(videoId).lean())?.isPublished).toBe(false);
    expect(await drift()).toEqual([]);
  });

  test('a draft that nobody reported, when a moderator asks for it, is absent', async () => {
    const videoId = await seedVideo(ada.user._id, { isPublished: false });

    const seen = await call(server, 'get', `/moderation/videos/${videoId}`, moderator);
    expectFailure(seen, 404, 'VIDEO_NOT_FOUND');
    expectFailure(await takeDown(videoId), 404, 'VIDEO_NOT_FOUND');
    expectFailure(await restore(videoId), 404, 'VIDEO_NOT_FOUND');
    expect((await Video.findById(videoId).lean())?.takenDownAt).toBeUndefined();
  });

  test('a video, when taken down twice or given back twice, answers 409 and counts once', async () => {
    const videoId = await seedVideo(ada.user._id);

    dataOf(await takeDown(videoId));
    expectFailure(await takeDown(videoId, 'Again'), 409, 'ALREADY_TAKEN_DOWN');
    expect((await Video.findById(videoId).lean())?.takeDownReason).toBe('A private letter');
    dataOf(await restore(videoId));
    expectFailure(await restore(videoId), 409, 'NOT_TAKEN_DOWN');
    expect(await drift()).toEqual([]);
    expect(await ModerationLog.countDocuments({ target: videoId })).toBe(2);
  });

  test('a video, when its owner toggles while two moderators take it down, is down and counted right', async () => {
    for (let round = 0; round < 5; round += 1) {
      const videoId = await seedVideo(ada.user._id);

      const answers = await Promise.all([
        takeDown(videoId),
        toggle(videoId),
        takeDown(videoId, 'The other', other),
        toggle(videoId),
      ]);

      const taken = [answers[0], answers[2]].map(({ status }) => status);
      // Down while it is hidden by its owner, a video that nobody reported is not to be found.
      expect(taken.every((status) => [200, 404, 409].includes(status))).toBe(true);
      const stored = await Video.findById(videoId).lean();
      expect(stored?.takenDownAt && stored.isPublished).toBeFalsy();
      const acts = await ModerationLog.countDocuments({ target: videoId });
      expect(acts).toBe(taken.filter((status) => status === 200).length);
      expect(acts).toBeLessThanOrEqual(1);
      expect(await drift()).toEqual([]);
    }
  });

  test('a reason, when it looks like a field or markup, is kept as it is written', async () => {
    for (const reason of [
      '$title',
      '$$NOW',
      '{"$gt":""}',
      '<script>alert(1)</script>',
      '🎬 \u05e9',
    ]) {
      const videoId = await seedVideo(ada.user._id);

      const taken = dataOf(await takeDown(videoId, reason));

      expect(taken.takenDown.reason).toBe(reason);
      const seen = dataOf(await call(server, 'get', `/videos/${videoId}`, ada));
      expect(seen.takenDown.reason).toBe(reason);
    }
  });

  test('a moderator, when their own video was taken down, cannot give it back', async () => {
    const videoId = await seedVideo(moderator.user._id);
    dataOf(await takeDown(videoId, 'Mine', other));

    expectFailure(await restore(videoId, moderator), 403, 'FORBIDDEN');
    expectFailure(await toggle(videoId, moderator), 403, 'VIDEO_TAKEN_DOWN');
    dataOf(await restore(videoId, other));
  });

  test('a taken-down video, when its owner deletes it, is gone with its totals', async () => {
    const videoId = await seedVideo(ada.user._id);
    dataOf(await takeDown(videoId));

    dataOf(await call(server, 'delete', `/videos/${videoId}`, ada));

    expectFailure(await restore(videoId), 404, 'VIDEO_NOT_FOUND');
    expect(await drift()).toEqual([]);
    expect(await Report.countDocuments({ target: videoId })).toBe(0);
  });
});

coversBehaviour('GET /api/v1/moderation/videos/:videoId');
coversBehaviour('POST /api/v1/moderation/videos/:videoId/take-down');
coversBehaviour('DELETE /api/v1/moderation/videos/:videoId/take-down');
