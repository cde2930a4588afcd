import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { addComment, addTweet, call } from '../helpers/posts';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let owner: SignedInAccount;
let fan: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  owner = await registerAndLogin(server);
});
beforeEach(async () => {
  fan = await registerAndLogin(server);
});
afterAll(() => server.stop());

async function like(videoId: string, who = fan): Promise<void> {
  await call(server, 'post', `/likes/toggle/v/${videoId}`, who).expect(200);
}

/** Videos in this order, liked in the same. */
async function likeNew(titles: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const title of titles) {
    const id = await seedVideo(owner.user._id, { title });
    await like(id);
    ids.push(id);
  }
  return ids;
}

async function titles(query = '', who = fan): Promise<string[]> {
  const videos = dataOf(await call(server, 'get', `/likes/videos${query}`, who));
  return (videos as { title: string }[]).map(({ title }) => title);
}

describe('GET /likes/videos', () => {
  test('the list, when one likes videos, holds them whole, newest like first', async () => {
    const older = await seedVideo(owner.user._id, { title: 'liked last' });
    const [first] = await likeNew(['liked first', 'liked second']);
    await like(older);

    const answer = await call(server, 'get', '/likes/videos', fan);

    const videos = dataOf(answer) as { title: string }[];
    expect(videos.map(({ title }) => title)).toEqual(['liked last', 'liked second', 'liked first']);
    expect(videos[2]).toEqual({
      _id: first,
      videoFile: `${server.url}/media/videos/seeded.mp4`,
      thumbnail: `${server.url}/media/images/seeded.jpg`,
      title: 'liked first',
      description: '',
      tags: [],
      category: '',
      duration: 100,
      views: 0,
      likesCount: 1,
      commentsCount: 0,
      isPublished: true,
      status: 'ready',
      owner: {
        _id: owner.user._id,
        username: owner.user.username,
        fullName: owner.user.fullName,
        avatar: owner.user.avatar,
      },
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(answer.body.pagination).toEqual({ limit: 20, hasNextPage: false, nextCursor: null });
  });

  test('the list, when a like is taken back, loses the video; liked anew, it is on top', async () => {
    const [first = ''] = await likeNew(['a', 'b']);

    await like(first);
    expect(await titles()).toEqual(['b']);
    await like(first);

    expect(await titles()).toEqual(['a', 'b']);
  });

  test('the list, when comments and tweets are liked too, holds videos alone, one’s own', async () => {
    const [videoId = ''] = await likeNew(['mine']);
    const comment = await addComment(server, owner, videoId);
    const tweet = await addTweet(server, owner);
    await call(server, 'post', `/likes/toggle/c/${comment._id}`, fan).expect(200);
    await call(server, 'post', `/likes/toggle/t/${tweet._id}`, fan).expect(200);
    await like(await seedVideo(owner.user._id, { title: 'of another' }), owner);

    expect(await titles()).toEqual(['mine']);
  });

  test('the list, when a video is hidden, leaves it out until it is shown again', async () => {
    const [, hidden = ''] = await likeNew(['a', 'hidden', 'c']);
    const toggle = () => call(server, 'patch', `/videos/toggle/publish/${hidden}`, owner);

    await toggle().expect(200);
    expect(await titles()).toEqual(['c', 'a']);
    await toggle().expect(200);

    expect(await titles()).toEqual(['c', 'hidden', 'a']);
  });

  test('the list, when the hidden video is one’s own, holds it', async () => {
    const own = await seedVideo(fan.user._id, { title: 'own draft', isPublished: false });
    await like(own);

    expect(await titles()).toEqual(['own draft']);
  });

  test('the list, when a video is deleted, loses it', async () => {
    const [, gone = ''] = await likeNew(['a', 'gone']);

    await call(server, 'delete', `/videos/${gone}`, owner).expect(200);

    expect(await titles()).toEqual(['a']);
  });

  test('pages, when read by number or by cursor, are the list, also while likes are given', async () => {
    await likeNew(['a', 'b', 'c', 'd', 'e']);
    expect(await titles('?page=2&limit=2')).toEqual(['c', 'b']);
    expect(await titles('?page=9&limit=2')).toEqual([]);

    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const answer = await call(server, 'get', `/likes/videos?limit=2&cursor=${cursor}`, fan);
      seen.push(...(dataOf(answer) as { title: string }[]).map(({ title }) => title));
      cursor = answer.body.pagination.nextCursor as string | null;
      await likeNew(['new']);
    }

    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
  });
});

coversBehaviour('GET /api/v1/likes/videos');
