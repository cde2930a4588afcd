import { Tweet } from '../../src/models/tweet.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { expectFailure, expectInvalid } from '../helpers/answers';
import { refusedTexts } from '../helpers/hostile-texts';
import { addTweet, call, type TweetView } from '../helpers/posts';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let tweet: TweetView;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  tweet = await addTweet(server, ada, 'untouched');
});
afterEach(async () => {
  expect(await Tweet.find().lean()).toEqual([expect.objectContaining({ content: 'untouched' })]);
});
afterAll(() => server.stop());

const write = {
  'POST /tweets': () => call(server, 'post', '/tweets', ada),
  'PATCH /tweets/:tweetId': () => call(server, 'patch', `/tweets/${tweet._id}`, ada),
} as const;

describe.each(Object.entries(write))('%s', (_route, send) => {
  test.each(refusedTexts(500))(
    'content, when it is %s, answers 400 naming it',
    async (_what, content, code) => {
      const answer = await send().send({ content });

      expectInvalid(answer, ['content']);
      expect(answer.body.errors[0].code).toBe(code);
    },
  );

  test('content, when it is half a character, answers 400 naming it', async () => {
    expectInvalid(await send().type('json').send('{"content":"a\\ud800b"}'), ['content']);
  });

  test('fields, when they are not for clients to set, answer 400 naming each', async () => {
    const answer = await send().send({ content: 'x', likesCount: 1000, owner: absentId() });

    expectInvalid(answer, ['likesCount', 'owner']);
  });
});

describe('ids of tweets', () => {
  const byId = [
    ['get', undefined],
    ['patch', { content: 'x' }],
    ['delete', undefined],
  ] as const;

  test.each(byId)(
    '%s /tweets/:tweetId, when the id is no id, answers 400',
    async (method, body) => {
      for (const id of ['x', 'user', '0'.repeat(23), '%00']) {
        expectInvalid(await call(server, method, `/tweets/${id}`, ada).send(body), ['tweetId']);
      }
    },
  );

  test.each(byId)('%s /tweets/:tweetId, when nothing has it, answers 404', async (method, body) => {
    for (const id of [absentId(), ada.user._id]) {
      const answer = await call(server, method, `/tweets/${id}`, ada).send(body);
      expectFailure(answer, 404, 'TWEET_NOT_FOUND');
    }
  });
});

describe('lists of tweets', () => {
  test.each(['/tweets', '/tweets/user/:userId'])(
    'GET %s, when paging is out of range, answers 400 naming the field',
    async (path) => {
      const address = path.replace(':userId', ada.user._id);
      for (const value of ['0', '-1', '1.5', 'NaN', '1e9', 'x']) {
        for (const field of ['page', 'limit']) {
          expectInvalid(await call(server, 'get', `${address}?${field}=${value}`), [field]);
        }
      }
      expectInvalid(await call(server, 'get', `${address}?page=1&page=2`), ['page']);
      const deep = await call(server, 'get', `${address}?page=102&limit=100`);
      expectFailure(deep, 400, 'PAGE_TOO_DEEP');
      const forged = await call(server, 'get', `${address}?cursor=W10`);
      expectFailure(forged, 400, 'INVALID_CURSOR');
    },
  );

  test('GET /tweets/user/:userId, when nobody has the id, answers 404; when it is none, 400', async () => {
    for (const id of [absentId(), tweet._id]) {
      const answer = await call(server, 'get', `/tweets/user/${id}`);
      expectFailure(answer, 404, 'CHANNEL_NOT_FOUND');
    }
    for (const id of ['x', ada.user.username]) {
      expectInvalid(await call(server, 'get', `/tweets/user/${id}`), ['userId']);
    }
  });
});

describe('guests', () => {
  test('guests, when they post, change or delete, answer 401', async () => {
    for (const [method, path] of [
      ['post', '/tweets'],
      ['patch', `/tweets/${tweet._id}`],
      ['delete', `/tweets/${tweet._id}`],
    ] as const) {
      const answer = await call(server, method, path).send({ content: 'x' });
      expectFailure(answer, 401, 'UNAUTHENTICATED');
    }
  });
});

coversBadInput('POST /api/v1/tweets');
coversBadInput('GET /api/v1/tweets');
coversBadInput('GET /api/v1/tweets/user/:userId');
coversBadInput('GET /api/v1/tweets/:tweetId');
coversBadInput('PATCH /api/v1/tweets/:tweetId');
coversBadInput('DELETE /api/v1/tweets/:tweetId');
