import { Like } from '../../src/models/like.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { expectFailure, expectInvalid } from '../helpers/answers';
import { addComment, addTweet, call } from '../helpers/posts';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId, seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let ids: Record<'v' | 'c' | 't', string>;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  const videoId = await seedVideo(ada.user._id);
  ids = {
    v: videoId,
    c: (await addComment(server, ada, videoId))._id,
    t: (await addTweet(server, ada))._id,
  };
});
afterEach(async () => expect(await Like.countDocuments()).toBe(0));
afterAll(() => server.stop());

const KINDS = [
  ['v', 'videoId', 'VIDEO_NOT_FOUND'],
  ['c', 'commentId', 'COMMENT_NOT_FOUND'],
  ['t', 'tweetId', 'TWEET_NOT_FOUND'],
] as const;

describe.each(KINDS)('POST /likes/toggle/%s/:%s', (kind, parameter, code) => {
  test('a like, when the id is no id, answers 400 naming it', async () => {
    for (const id of ['x', '0'.repeat(23), '0'.repeat(25), '%00', '[object Object]', '🎬']) {
      const answer = await call(server, 'post', `/likes/toggle/${kind}/${encodeURI(id)}`, ada);
      expectInvalid(answer, [parameter]);
    }
  });

  test('a like, when nothing has the id, or a thing of another kind, answers 404', async () => {
    const others = Object.entries(ids).filter(([other]) => other !== kind);
    for (const id of [absentId(), ada.user._id, ...others.map(([, other]) => other)]) {
      expectFailure(await call(server, 'post', `/likes/toggle/${kind}/${id}`, ada), 404, code);
    }
  });

  test('a like, when nobody is signed in, answers 401', async () => {
    const answer = await call(server, 'post', `/likes/toggle/${kind}/${ids[kind]}`);

    expectFailure(answer, 401, 'UNAUTHENTICATED');
  });

  test('a like, when another method is used, answers 405', async () => {
    for (const method of ['get', 'patch', 'delete'] as const) {
      const answer = await call(server, method, `/likes/toggle/${kind}/${ids[kind]}`, ada);
      expectFailure(answer, 405, 'METHOD_NOT_ALLOWED');
    }
  });
});

describe('GET /likes/videos', () => {
  test('the list, when paging is out of range, answers 400 naming the field', async () => {
    for (const value of ['0', '-1', '1.5', 'NaN', '1e9', 'x']) {
      for (const field of ['page', 'limit']) {
        const answer = await call(server, 'get', `/likes/videos?${field}=${value}`, ada);
        expectInvalid(answer, [field]);
      }
    }
    const deep = await call(server, 'get', '/likes/videos?page=102&limit=100', ada);
    expectFailure(deep, 400, 'PAGE_TOO_DEEP');
    const repeated = await call(server, 'get', '/likes/videos?limit=1&limit=2', ada);
    expectInvalid(repeated, ['limit']);
  });

  test('the list, when the cursor is none of its own, answers 400', async () => {
    for (const cursor of ['x', 'W10', Buffer.from('[1,"x"]').toString('base64url')]) {
      const answer = await call(server, 'get', `/likes/videos?cursor=${cursor}`, ada);
      expectFailure(answer, 400, 'INVALID_CURSOR');
    }
  });

  test('the list, when nobody is signed in, answers 401', async () => {
    expectFailure(await call(server, 'get', '/likes/videos'), 401, 'UNAUTHENTICATED');
  });
});

coversBadInput('POST /api/v1/likes/toggle/v/:videoId');
coversBadInput('POST /api/v1/likes/toggle/c/:commentId');
coversBadInput('POST /api/v1/likes/toggle/t/:tweetId');
coversBadInput('GET /api/v1/likes/videos');
