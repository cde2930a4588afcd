import { Video } from '../../src/models/video.model';
import { register, registerAndLogin, bearer, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId, seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: { user: { _id: string; username: string } };

/** Newest last; several share a value, so that only the id keeps their order. */
const SEEDS = [
  { title: 'apple pie', views: 5, duration: 60, likesCount: 1, tags: ['Food'], category: 'Howto' },
  { title: 'Banana bread', views: 5, duration: 30, likesCount: 3, tags: ['food', 'Bread'] },
  {
    title: 'cherry cake',
    views: 9,
    duration: 90,
    likesCount: 2,
    tags: ['food'],
    category: 'howto',
  },
  {
    title: 'Dog runs',
    views: 1,
    duration: 10,
    likesCount: 0,
    description: 'no food, only running',
  },
  { title: 'elephants', views: 5, duration: 20, likesCount: 0 },
];

beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  bob = await register(server);
  for (const [index, seed] of SEEDS.entries()) {
    await seedVideo(ada.user._id, { ...seed, createdAt: new Date(Date.UTC(2024, 0, 1 + index)) });
  }
  await seedVideo(ada.user._id, {
    title: 'unfinished draft',
    isPublished: false,
    createdAt: new Date(Date.UTC(2024, 1, 1)),
  });
  await seedVideo(bob.user._id, { title: 'by bob', createdAt: new Date(Date.UTC(2023, 0, 1)) });
});
afterAll(() => server.stop());

const get = (query: string) => server.api().get(`/api/v1/videos?${query}`);
const titles = (page: { docs: { title: string }[] }) => page.docs.map(({ title }) => title);
const list = async (query: string) => titles(dataOf(await get(query)));

describe('GET /videos, pages', () => {
  test('GET /videos, when nothing is asked for, answers published videos, newest first', async () => {
    const page = dataOf(await server.api().get('/api/v1/videos'));

    const { docs, ...rest } = page;
    expect(titles(page)).toEqual([
      'elephants',
      'Dog runs',
      'cherry cake',
      'Banana bread',
      'apple pie',
      'by bob',
    ]);
    expect(rest).toEqual({
      totalDocs: 6,
      limit: 20,
      page: 1,
      totalPages: 1,
      pagingCounter: 1,
      hasPrevPage: false,
      hasNextPage: false,
      prevPage: null,
      nextPage: null,
      nextCursor: null,
    });
    expect(docs[0]).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      videoFile: `${server.url}/media/videos/seeded.mp4`,
      thumbnail: `${server.url}/media/images/seeded.jpg`,
      title: 'elephants',
      description: '',
      tags: [],
      category: '',
      duration: 20,
      views: 5,
      likesCount: 0,
      commentsCount: 0,
      isPublished: true,
      status: 'ready',
      owner: {
        _id: ada.user._id,
        username: ada.user.username,
        fullName: ada.user.fullName,
        avatar: ada.user.avatar,
      },
      createdAt: '2024-01-05T00:00:00.000Z',
      updatedAt: expect.any(String),
    });
  });

  test('GET /videos, when a middle page is asked for, answers it and where it stands', async () => {
    const page = dataOf(await get('page=2&limit=2'));

    expect(titles(page)).toEqual(['cherry cake', 'Banana bread']);
    expect(page).toMatchObject({
      totalDocs: 6,
      limit: 2,
      page: 2,
      totalPages: 3,
      pagingCounter: 3,
      hasPrevPage: true,
      hasNextPage: true,
      prevPage: 1,
      nextPage: 3,
    });
  });

  test('GET /videos, when the page is beyond the last, answers none', async () => {
    const page = dataOf(await get('page=9&limit=2'));

    expect(page).toMatchObject({ docs: [], totalDocs: 6, hasNextPage: false, nextCursor: null });
  });

  test('GET /videos, when the limit is above 100, takes 100', async () => {
    expect(dataOf(await get('limit=5000')).limit).toBe(100);
  });

  test.each([
    'createdAt',
    'views',
    'duration',
    'likesCount',
    'title',
    'relevance&query=food',
    'views&query=food',
  ])('GET /videos, when walked by cursor in order of %s, shows each video once', async (order) => {
    for (const sortType of ['asc', 'desc']) {
      const whole = await list(`limit=100&sortType=${sortType}&sortBy=${order}`);
      const walked: string[] = [];
      let page = dataOf(await get(`limit=2&sortType=${sortType}&sortBy=${order}`));
      walked.push(...titles(page));
      while (page.nextCursor) {
        const cursor = encodeURIComponent(page.nextCursor);
        page = dataOf(await get(`limit=2&sortType=${sortType}&sortBy=${order}&cursor=${cursor}`));
        walked.push(...titles(page));
      }
      expect(walked).toEqual(whole);
      expect(page).toMatchObject({ totalDocs: whole.length, page: Math.ceil(whole.length / 2) });
    }
  });

  test('GET /videos, when a video appears while walking, shows no other one twice', async () => {
    const first = dataOf(await get('limit=2'));
    const fresh = await seedVideo(bob.user._id, { title: 'fresh', createdAt: new Date() });

    const second = dataOf(await get(`limit=2&cursor=${first.nextCursor}`));
    await Video.deleteOne({ _id: fresh });

    expect(titles(second)).toEqual(['cherry cake', 'Banana bread']);
  });
});

describe('GET /videos, orders', () => {
  test.each([
    [
      'sortBy=createdAt&sortType=asc',
      ['by bob', 'apple pie', 'Banana bread', 'cherry cake', 'Dog runs', 'elephants'],
    ],
    [
      'sortBy=views&sortType=desc',
      ['cherry cake', 'elephants', 'Banana bread', 'apple pie', 'Dog runs', 'by bob'],
    ],
    [
      'sortBy=views&sortType=1',
      ['by bob', 'Dog runs', 'apple pie', 'Banana bread', 'elephants', 'cherry cake'],
    ],
    [
      'sortBy=duration&sortType=-1',
      ['by bob', 'cherry cake', 'apple pie', 'Banana bread', 'elephants', 'Dog runs'],
    ],
    [
      'sortBy=title&sortType=ASC',
      ['apple pie', 'Banana bread', 'by bob', 'cherry cake', 'Dog runs', 'elephants'],
    ],
    [
      'sortBy=likesCount',
      ['Banana bread', 'cherry cake', 'apple pie', 'by bob', 'elephants', 'Dog runs'],
    ],
    [
      'sortBy=relevance',
      ['elephants', 'Dog runs', 'cherry cake', 'Banana bread', 'apple pie', 'by bob'],
    ],
  ])('GET /videos, when asked for %s, keeps that order', async (query, expected) => {
    expect(await list(query)).toEqual(expected);
  });
});

describe('GET /videos, filters', () => {
  test('GET /videos, when words are sought, finds them in title, tags and description', async () => {
    const found = await list('query=food');

    expect(found).toHaveLength(4);
    expect(found.slice(0, 3).sort()).toEqual(['Banana bread', 'apple pie', 'cherry cake']);
    expect(found[3]).toBe('Dog runs');
  });

  test.each([
    ['query=RUNNING', ['Dog runs']],
    ['query=nosuchword', []],
    ['category=HowTo', ['cherry cake', 'apple pie']],
    ['tag=bread', ['Banana bread']],
    ['tag=food&sortBy=title&sortType=asc', ['apple pie', 'Banana bread', 'cherry cake']],
    ['query=%24where', []],
    ['query=%20&tag=%20bread', ['Banana bread']],
  ])('GET /videos, when filtered by %s, answers what fits', async (query, expected) => {
    expect(await list(query)).toEqual(expected);
  });

  test('GET /videos, when filtered by user, answers theirs alone', async () => {
    expect(await list(`userId=${bob.user._id}`)).toEqual(['by bob']);
    expect(await list(`username=${bob.user.username.toUpperCase()}`)).toEqual(['by bob']);
    expect(await list(`userId=${ada.user._id}&username=${bob.user.username}`)).toEqual([]);
    expect(await list(`userId=${absentId()}`)).toEqual([]);
    expect(await list('username=nobody_at_all')).toEqual([]);
  });

  test.each(['userId', 'username'])(
    'GET /videos, when owners ask for their own by %s, shows the unpublished too',
    async (name) => {
      const value = name === 'userId' ? ada.user._id : ada.user.username;
      const own = dataOf(await get(`${name}=${value}`).set(bearer(ada.accessToken)));

      expect(titles(own)[0]).toBe('unfinished draft');
      expect(own.totalDocs).toBe(6);
      expect(await list(`${name}=${value}`)).not.toContain('unfinished draft');
    },
  );

  test('GET /videos, when a signed-in person asks for all, shows no draft, not even their own', async () => {
    const all = dataOf(await get('limit=100').set(bearer(ada.accessToken)));

    expect(titles(all)).not.toContain('unfinished draft');
  });
});

describe('GET /videos, bad input', () => {
  test.each([
    ['page=0', 'page'],
    ['page=x', 'page'],
    ['limit=0', 'limit'],
    ['limit=-5', 'limit'],
    ['sortBy=password', 'sortBy'],
    ['sortBy=__proto__', 'sortBy'],
    ['sortType=up', 'sortType'],
    ['userId=123', 'userId'],
    ['userId=zzzzzzzzzzzzzzzzzzzzzzzz', 'userId'],
    [`query=${'x'.repeat(201)}`, 'query'],
  ])('GET /videos, when asked with %s, answers 400 naming it', async (query, field) => {
    expectInvalid(await get(query), [field]);
  });

  test('GET /videos, when the page is too deep, answers 400 and points to the cursor', async () => {
    expectFailure(await get('page=102&limit=100'), 400, 'PAGE_TOO_DEEP');
  });

  test('GET /videos, when the cursor is of another order, answers 400', async () => {
    const { nextCursor } = dataOf(await get('limit=2&sortBy=title'));

    for (const other of ['sortBy=views', '', 'sortBy=title&sortType=asc', 'query=video']) {
      expectFailure(await get(`limit=2&${other}&cursor=${nextCursor}`), 400, 'INVALID_CURSOR');
    }
    expectFailure(await get('cursor=nonsense'), 400, 'INVALID_CURSOR');
  });

  test('GET /videos, when a bad token comes along, answers as for a guest', async () => {
    expect(dataOf(await get('limit=1').set(bearer('nonsense'))).docs).toHaveLength(1);
  });

  test('GET /videos, when the method is unknown there, answers 405 with Allow', async () => {
    const answer = await server.api().put('/api/v1/videos').send({});

    expectFailure(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.allow).toBe('GET, HEAD, OPTIONS, POST');
  });
});

coversBehaviour('GET /api/v1/videos');
