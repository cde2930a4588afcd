import { Types } from 'mongoose';
import { Like } from '../../src/models/like.model';
import { Video } from '../../src/models/video.model';
import { WatchHistory } from '../../src/models/watch-history.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let owner: SignedInAccount;
let viewer: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  owner = await registerAndLogin(server);
});
beforeEach(async () => {
  viewer = await registerAndLogin(server);
});
afterAll(() => server.stop());

const secondOf2024 = (second: number) => new Date(Date.UTC(2024, 0, 1, 0, 0, second));

const addToHistory = (videos: readonly string[]) =>
  WatchHistory.insertMany(
    videos.map((video, index) => ({
      user: viewer.user._id,
      video,
      watchedAt: secondOf2024(index),
    })),
  );
const addLikes = (videos: readonly string[]) =>
  Like.collection.insertMany(
    videos.map((video, index) => ({
      likedBy: new Types.ObjectId(viewer.user._id),
      target: new Types.ObjectId(video),
      targetType: 'video',
      createdAt: secondOf2024(index),
    })),
  );

/** Videos of which the n-th is hidden where the n-th sign is a minus. */
async function seedPattern(signs: string): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < signs.length) ids.push(await seedVideo(owner.user._id));
  const hidden = ids.filter((_id, index) => signs[index] === '-');
  await Video.updateMany({ _id: { $in: hidden } }, { isPublished: false });
  return ids;
}

const LISTS: [string, (videos: readonly string[]) => Promise<unknown>][] = [
  ['/users/history', addToHistory],
  ['/likes/videos', addLikes],
];

describe.each(LISTS)('GET %s, when videos of it are hidden', (path, add) => {
  const get = async (query: string) => {
    const answer = await server.api().get(`/api/v1${path}${query}`).set(bearer(viewer.accessToken));
    const ids = (dataOf(answer) as { _id: string }[]).map(({ _id }) => _id);
    return { ids, pagination: answer.body.pagination };
  };

  async function walk(limit: number): Promise<string[][]> {
    const pages: string[][] = [];
    let query = `?limit=${limit}`;
    for (;;) {
      const { ids, pagination } = await get(query);
      pages.push(ids);
      expect(pagination.hasNextPage).toBe(pagination.nextCursor !== null);
      if (!pagination.hasNextPage) return pages;
      query = `?limit=${limit}&cursor=${pagination.nextCursor}`;
    }
  }

  /** Writes the list down, newest row first, and answers what can be seen of it. */
  async function addPattern(signs: string): Promise<string[]> {
    const newestFirst = await seedPattern(signs);
    await add([...newestFirst].reverse());
    return newestFirst.filter((_id, index) => signs[index] === '+');
  }

  test.each([
    ['+-+-+-+-+', 2],
    ['---+++', 2],
    ['+++---', 2],
    ['++--++', 2],
    ['++--------++', 2],
    ['-+', 1],
    ['-', 1],
  ])('of %s by %d, fills each page by cursor and shows each video once', async (signs, limit) => {
    const shown = await addPattern(signs);

    const pages = await walk(limit);

    expect(pages.flat()).toEqual(shown);
    expect(pages.slice(0, -1).filter((page) => page.length !== limit)).toEqual([]);
  });

  test.each([
    ['+-+-+-+-+', 2],
    ['---+++', 2],
    ['++--++--+', 2],
    ['--+', 1],
  ])('of %s by %d, fills each numbered page and shows each video once', async (signs, limit) => {
    const shown = await addPattern(signs);
    const count = Math.ceil(shown.length / limit);

    const pages = await Promise.all(
      Array.from({ length: count + 1 }, (_page, index) => get(`?limit=${limit}&page=${index + 1}`)),
    );

    expect(pages.flatMap(({ ids }) => ids)).toEqual(shown);
    expect(pages.slice(0, count - 1).filter(({ ids }) => ids.length !== limit)).toEqual([]);
    expect(pages.at(-1)).toEqual({
      ids: [],
      pagination: { limit, hasNextPage: false, nextCursor: null },
    });
  });

  test('more of them in a row than one request reads, leads on by a short page', async () => {
    const shown = await addPattern(`+${'-'.repeat(20)}+`);

    const first = await get('?limit=2');

    expect(first.ids).toEqual([shown[0]]);
    expect(first.pagination.hasNextPage).toBe(true);
    const next = await get(`?limit=2&cursor=${first.pagination.nextCursor}`);
    expect(next.ids).toEqual([shown[1]]);
    expect(next.pagination.hasNextPage).toBe(false);
  });
});
