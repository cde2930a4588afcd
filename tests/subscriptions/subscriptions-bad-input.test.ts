import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId, seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let videoId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  videoId = await seedVideo(ada.user._id);
});
afterAll(() => server.stop());

const get = (address: string) =>
  server.api().get(`/api/v1/subscriptions${address}`).set(bearer(ada.accessToken));

describe.each([
  ['GET /subscriptions/c/:channelId', '/c', 'channelId'],
  ['GET /subscriptions/u/:subscriberId', '/u', 'subscriberId'],
])('%s, the id', (_route, address, field) => {
  test.each(['1', 'x', 'zzzzzzzzzzzzzzzzzzzzzzzz', '64b0f1c2d3e4f5a6b7c8d9e', '%5Bobject%5D'])(
    'when it is %s, answers 400 naming it',
    async (id) => {
      expectInvalid(await get(`${address}/${id}`), [field]);
    },
  );

  test('when nobody has it, or it is a video’s, answers 404', async () => {
    for (const id of [absentId(), videoId]) {
      expectFailure(await get(`${address}/${id}`), 404, 'CHANNEL_NOT_FOUND');
    }
  });
});

const LISTS: [string, () => string][] = [
  ['GET /subscriptions/c/:channelId', () => `/c/${ada.user._id}`],
  ['GET /subscriptions/u/:subscriberId', () => `/u/${ada.user._id}`],
  ['GET /subscriptions/feed', () => '/feed'],
];

describe.each(LISTS)('%s, bad input', (_route, address) => {
  test.each([
    ['page=0', 'page'],
    ['page=-1', 'page'],
    ['page=NaN', 'page'],
    ['page=1.5', 'page'],
    ['page=1e9', 'page'],
    ['page=1&page=2', 'page'],
    ['limit=0', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=NaN', 'limit'],
    ['limit=5&limit=6', 'limit'],
    [`cursor=${'x'.repeat(2001)}`, 'cursor'],
  ])('when asked with %s, answers 400 naming it', async (query, field) => {
    const answer = await get(`${address()}?${query}`);

    expect(answer.status).toBe(400);
    expect(answer.body.errors[0].field).toBe(field);
  });

  test('when the page is a thousand million, answers 400 and points to the cursor', async () => {
    expectFailure(await get(`${address()}?page=999999999`), 400, 'PAGE_TOO_DEEP');
  });

  test.each(['x', 'e30', 'W10', 'WyJ4IiwieSJd', '%00'])(
    'when the cursor is %s, answers 400',
    async (cursor) => {
      expectFailure(await get(`${address()}?cursor=${cursor}`), 400, 'INVALID_CURSOR');
    },
  );

  test('when more than 100 are asked for, gives 100 at most', async () => {
    const answer = await get(`${address()}?limit=5000`);

    dataOf(answer);
    expect((answer.body.pagination ?? answer.body.data).limit).toBe(100);
  });

  test('when a guest asks, answers 401', async () => {
    const answer = await server.api().get(`/api/v1/subscriptions${address()}`);

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });
});

coversBadInput('GET /api/v1/subscriptions/c/:channelId');
coversBadInput('GET /api/v1/subscriptions/u/:subscriberId');
coversBadInput('GET /api/v1/subscriptions/feed');
