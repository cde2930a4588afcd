import { Comment } from '../../src/models/comment.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { refusedTexts } from '../helpers/hostile-texts';
import { addComment, addTweet, call, type CommentView } from '../helpers/posts';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId, seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let videoId: string;
let comment: CommentView;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  videoId = await seedVideo(ada.user._id);
  comment = await addComment(server, ada, videoId, 'untouched');
});
afterEach(async () => {
  const rows = await Comment.find({ video: videoId }).lean();
  expect(rows).toEqual([expect.objectContaining({ content: 'untouched', repliesCount: 0 })]);
});
afterAll(() => server.stop());

const write = {
  'POST /comments/:videoId': () => call(server, 'post', `/comments/${videoId}`, ada),
  'PATCH /comments/c/:commentId': () => call(server, 'patch', `/comments/c/${comment._id}`, ada),
  'POST /comments/c/:commentId/replies': () =>
    call(server, 'post', `/comments/c/${comment._id}/replies`, ada),
} as const;

describe.each(Object.entries(write))('%s', (_route, send) => {
  test.each(refusedTexts(2000))(
    'content, when it is %s, answers 400 naming it',
    async (_what, content, code) => {
      const answer = await send().send({ content });

      expectInvalid(answer, ['content']);
      expect(answer.body.errors[0].code).toBe(code);
    },
  );

  test.each(['"\\ud800"', '"a\\udc00b"', '"\\ud83c\\ud83c\\udfac"'])(
    'content, when it is half a character as in %s, answers 400 naming it',
    async (json) => {
      const answer = await send().type('json').send(`{"content":${json}}`);

      expectInvalid(answer, ['content']);
    },
  );

  test('fields, when they are not for clients to set, answer 400 naming each', async () => {
    const answer = await send().send({
      content: 'x',
      likesCount: 1000,
      owner: absentId(),
      video: absentId(),
      parent: null,
      createdAt: '2020-01-01T00:00:00.000Z',
    });

    expectInvalid(answer, ['likesCount', 'owner', 'video', 'parent', 'createdAt']);
  });

  test('content, when it comes twice in a form, answers 400 naming it', async () => {
    const form = await send().type('form').send('content=a&content=b');
    const multipart = await send().field('content', 'a').field('content', 'b');

    expectInvalid(form, ['content']);
    expectInvalid(multipart, ['content']);
  });
});

describe('ids of comments', () => {
  const byId = [
    ['get', '', undefined],
    ['patch', '', { content: 'x' }],
    ['delete', '', undefined],
    ['get', '/replies', undefined],
    ['post', '/replies', { content: 'x' }],
  ] as const;

  test.each(byId)(
    '%s /comments/c/:commentId%s, when the id is no id, answers 400',
    async (...door) => {
      const [method, rest, body] = door;
      for (const id of ['x', '0'.repeat(23), '%00', `${absentId()}0`, '[object Object]']) {
        const answer = await call(server, method, `/comments/c/${id}${rest}`, ada).send(body);

        expectInvalid(answer, ['commentId']);
      }
    },
  );

  test.each(byId)(
    '%s /comments/c/:commentId%s, when nothing has it, answers 404',
    async (...door) => {
      const [method, rest, body] = door;
      const tweet = await addTweet(server, ada);
      for (const id of [absentId(), videoId, ada.user._id, tweet._id]) {
        const answer = await call(server, method, `/comments/c/${id}${rest}`, ada).send(body);

        expectFailure(answer, 404, 'COMMENT_NOT_FOUND');
      }
    },
  );

  test('an id, when it is in capitals, is the same id', async () => {
    const answer = await call(server, 'get', `/comments/c/${comment._id.toUpperCase()}`);

    expect(dataOf(answer)._id).toBe(comment._id);
  });
});

describe('ids of videos', () => {
  test.each(['get', 'post'] as const)(
    '%s /comments/:videoId, when the id is no id or nothing has it, answers 400 or 404',
    async (method) => {
      const body = method === 'post' ? { content: 'x' } : undefined;
      for (const id of ['x', 'c', '%F0%9F%8E%AC', '0'.repeat(25)]) {
        expectInvalid(await call(server, method, `/comments/${id}`, ada).send(body), ['videoId']);
      }
      for (const id of [absentId(), comment._id, ada.user._id]) {
        const answer = await call(server, method, `/comments/${id}`, ada).send(body);
        expectFailure(answer, 404, 'VIDEO_NOT_FOUND');
      }
    },
  );
});

describe('lists of comments', () => {
  const lists = ['/comments/:id', '/comments/c/:id/replies'] as const;
  const get = (list: (typeof lists)[number], query: string) => {
    const id = list === '/comments/:id' ? videoId : comment._id;
    return call(server, 'get', `${list.replace(':id', id)}?${query}`);
  };

  test.each(lists)(
    '%s, when paging is out of range, answers 400 naming the field',
    async (list) => {
      for (const value of ['0', '-1', '1.5', 'NaN', '1e9', 'x', '%00']) {
        expectInvalid(await get(list, `page=${value}`), ['page']);
        expectInvalid(await get(list, `limit=${value}`), ['limit']);
      }
      expectFailure(await get(list, 'page=102&limit=100'), 400, 'PAGE_TOO_DEEP');
      expectInvalid(await get(list, 'page=1&page=2'), ['page']);
      expectInvalid(await get(list, 'sortType=up'), ['sortType']);
    },
  );

  test.each(lists)('%s, when a cursor is not one of its own, answers 400', async (list) => {
    for (const cursor of ['x', 'W10', Buffer.from('["x"]').toString('base64url')]) {
      const answer = await get(list, `cursor=${cursor}`);
      expectFailure(answer, 400, 'INVALID_CURSOR');
      expect(answer.body.errors[0].field).toBe('cursor');
    }
    expectInvalid(await get(list, `cursor=${'x'.repeat(2001)}`), ['cursor']);
  });

  test('the list, when its order is none of those allowed, answers 400 naming sortBy', async () => {
    for (const sortBy of ['owner', 'content', '$where', 'createdAt,likesCount', '__proto__']) {
      expectInvalid(await get('/comments/:id', `sortBy=${sortBy}`), ['sortBy']);
    }
  });

  test('a cursor, when it was given out in another order, answers 400', async () => {
    const other = await seedVideo(ada.user._id);
    for (let index = 0; index < 2; index += 1) await addComment(server, ada, other);
    const first = dataOf(await call(server, 'get', `/comments/${other}?limit=1`));

    const answer = await call(
      server,
      'get',
      `/comments/${other}?limit=1&sortBy=likesCount&cursor=${first.nextCursor}`,
    );

    expectFailure(answer, 400, 'INVALID_CURSOR');
  });
});

describe('guests', () => {
  test('guests, when they write, change or delete, answer 401', async () => {
    for (const [method, path] of [
      ['post', `/comments/${videoId}`],
      ['patch', `/comments/c/${comment._id}`],
      ['delete', `/comments/c/${comment._id}`],
      ['post', `/comments/c/${comment._id}/replies`],
    ] as const) {
      const answer = await call(server, method, path).send({ content: 'x' });
      expectFailure(answer, 401, 'UNAUTHENTICATED');
    }
  });
});

coversBadInput('POST /api/v1/comments/:videoId');
coversBadInput('GET /api/v1/comments/:videoId');
coversBadInput('GET /api/v1/comments/c/:commentId');
coversBadInput('PATCH /api/v1/comments/c/:commentId');
coversBadInput('DELETE /api/v1/comments/c/:commentId');
coversBadInput('GET /api/v1/comments/c/:commentId/replies');
coversBadInput('POST /api/v1/comments/c/:commentId/replies');
