import { WatchHistory } from '../../src/models/watch-history.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId, seedVideo } from '../helpers/videos';

const HISTORY = '/api/v1/users/history';

let server: TestServer;
let viewer: SignedInAccount;
let videoId: string;
beforeAll(async () => {
  server = await startTestServer();
  viewer = await registerAndLogin(server);
  videoId = await seedVideo(viewer.user._id);
});
afterAll(() => server.stop());

// Nothing in this file may ever reach the history.
afterEach(async () => expect(await WatchHistory.countDocuments()).toBe(0));

const as = () => bearer(viewer.accessToken);

describe('GET /users/history, bad input', () => {
  test.each([
    ['page=0', 'page'],
    ['page=-1', 'page'],
    ['page=NaN', 'page'],
    ['page=1.5', 'page'],
    ['page=1e9', 'page'],
    ['limit=0', 'limit'],
    ['limit=-1', 'limit'],
    ['limit=NaN', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=a&cursor=b', 'cursor'],
    [`cursor=${'x'.repeat(2001)}`, 'cursor'],
  ])('the history, when asked for %.30s, answers 400 naming it', async (query, field) => {
    expectInvalid(await server.api().get(`${HISTORY}?${query}`).set(as()), [field]);
  });

  test('the history, when the page is beyond the first rows, answers 400 PAGE_TOO_DEEP', async () => {
    const answer = await server.api().get(`${HISTORY}?page=999999999`).set(as());

    expectFailure(answer, 400, 'PAGE_TOO_DEEP');
  });

  test.each(['abc', 'W10', Buffer.from('["x","y"]').toString('base64url')])(
    'the history, when the cursor is %j, answers 400 INVALID_CURSOR',
    async (cursor) => {
      const answer = await server.api().get(`${HISTORY}?cursor=${cursor}`).set(as());

      expectFailure(answer, 400, 'INVALID_CURSOR');
    },
  );
});

describe('POST /users/history/:videoId, bad input', () => {
  const save = (id: string, body: object) =>
    server.api().post(`${HISTORY}/${id}`).set(as()).send(body);

  test.each([
    ['progress is negative', { progress: -1 }, 'progress'],
    ['progress is a word', { progress: 'half' }, 'progress'],
    ['progress is empty', { progress: '' }, 'progress'],
    ['progress is beyond all numbers', { progress: '9'.repeat(400) }, 'progress'],
    ['progress is null', { progress: null }, 'progress'],
    ['progress is a list', { progress: [1] }, 'progress'],
    ['progress is an operator', { progress: { $gt: 0 } }, 'progress'],
    ['a field is unknown', { progress: 1, completed: true }, 'completed'],
  ])('progress, when %s, answers 400 naming the field', async (_what, body, field) => {
    expectInvalid(await save(videoId, body), [field]);
  });

  test.each(['x', 'g'.repeat(24), '6650f1c2a4b5c6d7e8f9012', '%00', '🎬'])(
    'progress, when the id is %j, answers 400 naming it',
    async (id) => {
      expectInvalid(await save(encodeURI(decodeURI(id)), { progress: 1 }), ['videoId']);
    },
  );

  test('progress, when the id is that of a person or of nothing, answers 404', async () => {
    for (const id of [viewer.user._id, absentId()]) {
      expectFailure(await save(id, { progress: 1 }), 404, 'VIDEO_NOT_FOUND');
    }
  });

  test('progress, when the body is cut off JSON, answers 400 MALFORMED_BODY', async () => {
    const answer = await server
      .api()
      .post(`${HISTORY}/${videoId}`)
      .set(as())
      .type('json')
      .send('{"progress":');

    expectFailure(answer, 400, 'MALFORMED_BODY');
  });
});

describe('PATCH and DELETE /users/history, bad input', () => {
  test.each([
    ['paused is absent', {}, 'paused'],
    ['paused is a word', { paused: 'maybe' }, 'paused'],
    ['paused is a number', { paused: 1 }, 'paused'],
    ['paused is null', { paused: null }, 'paused'],
    ['a field is unknown', { paused: true, user: 'x' }, 'user'],
  ])('PATCH /users/history, when %s, answers 400 naming the field', async (_what, body, field) => {
    expectInvalid(await server.api().patch(HISTORY).set(as()).send(body), [field]);
  });

  test('DELETE /users/history/:videoId, when the id is none, answers 400 naming it', async () => {
    expectInvalid(await server.api().delete(`${HISTORY}/x`).set(as()), ['videoId']);
  });

  test('DELETE /users/history/:videoId, when nothing has the id, answers 200', async () => {
    expect(dataOf(await server.api().delete(`${HISTORY}/${absentId()}`).set(as()))).toEqual({});
  });
});

test.each([
  ['get', HISTORY],
  ['patch', HISTORY],
  ['delete', HISTORY],
  ['post', `${HISTORY}/${absentId()}`],
  ['put', `${HISTORY}/${absentId()}`],
  ['delete', `${HISTORY}/${absentId()}`],
] as const)('%s %s, when nobody is signed in, answers 401', async (method, address) => {
  expectFailure(await server.api()[method](address), 401, 'UNAUTHENTICATED');
});

coversBadInput('GET /api/v1/users/history');
coversBadInput('PATCH /api/v1/users/history');
coversBadInput('DELETE /api/v1/users/history');
coversBadInput('POST /api/v1/users/history/:videoId');
coversBadInput('DELETE /api/v1/users/history/:videoId', { absentIsFine: true });
