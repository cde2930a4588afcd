import { Comment } from '../../src/models/comment.model';
import { Video } from '../../src/models/video.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { addComment, addReply, call, commentCountsOf, contentsOf } from '../helpers/posts';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let owner: SignedInAccount;
let ada: SignedInAccount;
let bob: SignedInAccount;
let videoId: string;
beforeAll(async () => {
  server = await startTestServer();
  owner = await registerAndLogin(server);
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
});
beforeEach(async () => {
  videoId = await seedVideo(owner.user._id);
});
afterAll(() => server.stop());

function shownOwner({ user }: SignedInAccount) {
  const { _id, username, fullName, avatar } = user;
  return { _id, username, fullName, avatar };
}

describe('POST /comments/:videoId', () => {
  test('a comment, when added, is answered whole, has an address, and is counted', async () => {
    const answer = await call(server, 'post', `/comments/${videoId}`, ada).send({
      content: '  Well explained.  ',
    });

    const comment = dataOf(answer, 201);
    expect(comment).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      content: 'Well explained.',
      video: videoId,
      parent: null,
      owner: shownOwner(ada),
      likesCount: 0,
      isLiked: false,
      repliesCount: 0,
      createdAt: expect.any(String),
      updatedAt: comment.createdAt,
    });
    expect(answer.headers.location).toBe(`/api/v1/comments/c/${comment._id}`);
    expect(dataOf(await call(server, 'get', `/comments/c/${comment._id}`))).toEqual(comment);
    expect(await commentCountsOf(videoId)).toEqual({ all: 1, top: 1 });
  });

  test('a comment, when added, does not make the video look edited', async () => {
    const before = await Video.findById(videoId).lean();

    await addComment(server, ada, videoId);

    expect((await Video.findById(videoId).lean())?.updatedAt).toEqual(before?.updatedAt);
  });

  test.each(['application/x-www-form-urlencoded', 'multipart/form-data'])(
    'a comment, when sent as %s, is added too',
    async (type) => {
      const test = call(server, 'post', `/comments/${videoId}`, ada);
      const fields = { content: 'From a form\r\nwith two lines' };
      const answer = await (type.startsWith('multipart')
        ? test.field(fields)
        : test.type('form').send(fields));

      expect(dataOf(answer, 201).content).toBe('From a form\r\nwith two lines');
    },
  );

  test.each([
    ['emoji with joiners', '👩‍👩‍👧‍👦 ❤️ 🎬'],
    ['right-to-left text with marks', '\u202bשלום עולם\u202c مرحبا'],
    ['markup', '<script>alert(1)</script><img src=x onerror="alert(1)"> &amp; &lt;'],
    ['an operator', '{"$gt": ""} $where __proto__'],
    ['line breaks and tabs', 'one\n\ttwo\r\nthree'],
    ['combining marks', 'Z\u0351\u036b\u0343a\u0329\u0317lgo e\u0301'],
    ['2000 characters', 'x'.repeat(2000)],
    ['2000 emoji', '🎬'.repeat(2000)],
  ])('a comment, when it is %s, is stored and answered as it came', async (_what, content) => {
    const { _id } = await addComment(server, ada, videoId, content);

    const answer = await call(server, 'get', `/comments/c/${_id}`);

    expect(dataOf(answer).content).toBe(content);
    expect(answer.headers['content-type']).toMatch(/^application\/json/);
    expect((await Comment.findById(_id).lean())?.content).toBe(content);
  });
});

describe('GET /comments/:videoId', () => {
  test('the list, when there are comments and replies, holds the comments, newest first', async () => {
    const first = await addComment(server, ada, videoId, 'first');
    const second = await addComment(server, bob, videoId, 'second');
    await addReply(server, bob, first._id);

    const page = dataOf(await call(server, 'get', `/comments/${videoId}`));

    expect(page).toEqual({
      docs: [
        { ...second, owner: shownOwner(bob) },
        { ...first, owner: shownOwner(ada), repliesCount: 1 },
      ],
      totalDocs: 2,
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
  });

  test('the list, when the video has none, is empty', async () => {
    const page = dataOf(await call(server, 'get', `/comments/${videoId}`));

    expect(page).toMatchObject({ docs: [], totalDocs: 0, totalPages: 1, hasNextPage: false });
  });

  test('isLiked, when one likes a comment, is true for this person alone', async () => {
    const { _id } = await addComment(server, ada, videoId);
    await call(server, 'post', `/likes/toggle/c/${_id}`, bob).expect(200);

    const seenBy = async (account?: SignedInAccount) => {
      const page = dataOf(await call(server, 'get', `/comments/${videoId}`, account));
      const single = dataOf(await call(server, 'get', `/comments/c/${_id}`, account));
      expect(page.docs[0]).toEqual(single);
      return { isLiked: single.isLiked, likesCount: single.likesCount };
    };

    expect(await seenBy(bob)).toEqual({ isLiked: true, likesCount: 1 });
    expect(await seenBy(ada)).toEqual({ isLiked: false, likesCount: 1 });
    expect(await seenBy()).toEqual({ isLiked: false, likesCount: 1 });
  });
});

describe('replies', () => {
  test('a reply, when added, hangs under the comment and is counted in both places', async () => {
    const { _id } = await addComment(server, ada, videoId);

    const answer = await call(server, 'post', `/comments/c/${_id}/replies`, bob).send({
      content: 'I agree',
    });

    const reply = dataOf(answer, 201);
    expect(reply).toMatchObject({ parent: _id, video: videoId, owner: shownOwner(bob) });
    expect(answer.headers.location).toBe(`/api/v1/comments/c/${reply._id}`);
    const list = dataOf(await call(server, 'get', `/comments/c/${_id}/replies`));
    expect(list).toMatchObject({ docs: [reply], totalDocs: 1 });
    expect(dataOf(await call(server, 'get', `/comments/c/${_id}`)).repliesCount).toBe(1);
    expect(await commentCountsOf(videoId)).toEqual({ all: 2, top: 1 });
  });

  test('a reply, when it answers a reply, joins its siblings: threads are one level deep', async () => {
    const { _id } = await addComment(server, ada, videoId);
    const first = await addReply(server, bob, _id, 'first');

    const second = await addReply(server, ada, first._id, 'second');

    expect(second.parent).toBe(_id);
    const list = dataOf(await call(server, 'get', `/comments/c/${_id}/replies`));
    expect(contentsOf(list)).toEqual(['second', 'first']);
    const under = dataOf(await call(server, 'get', `/comments/c/${first._id}/replies`));
    expect(under).toMatchObject({ docs: [], totalDocs: 0 });
    expect((await Comment.findById(_id).lean())?.repliesCount).toBe(2);
    expect((await Comment.findById(first._id).lean())?.repliesCount).toBe(0);
  });

  test('replies, when asked for from the oldest, come in the order of the conversation', async () => {
    const { _id } = await addComment(server, ada, videoId);
    for (const content of ['one', 'two', 'three']) await addReply(server, bob, _id, content);

    const list = dataOf(await call(server, 'get', `/comments/c/${_id}/replies?sortType=asc`));

    expect(contentsOf(list)).toEqual(['one', 'two', 'three']);
  });
});

describe('PATCH /comments/c/:commentId', () => {
  test('a comment, when its author changes it, is answered and read anew; its place stays', async () => {
    const older = await addComment(server, ada, videoId, 'older');
    const newer = await addComment(server, bob, videoId, 'newer');

    const changed = dataOf(
      await call(server, 'patch', `/comments/c/${older._id}`, ada).send({ content: ' edited ' }),
    );

    expect(changed).toEqual({ ...older, content: 'edited', updatedAt: expect.any(String) });
    expect(Date.parse(changed.updatedAt)).toBeGreaterThan(Date.parse(older.updatedAt));
    const page = dataOf(await call(server, 'get', `/comments/${videoId}`));
    expect(page.docs).toEqual([newer, changed]);
  });

  test('a comment, when its author likes it and changes it, is still liked in the answer', async () => {
    const { _id } = await addComment(server, ada, videoId);
    await call(server, 'post', `/likes/toggle/c/${_id}`, ada).expect(200);

    const changed = await call(server, 'patch', `/comments/c/${_id}`, ada).send({ content: 'x' });

    expect(dataOf(changed)).toMatchObject({ isLiked: true, likesCount: 1 });
  });

  test('a comment, when somebody else or the owner of the video changes it, answers 403', async () => {
    const { _id } = await addComment(server, ada, videoId, 'mine');

    for (const other of [bob, owner]) {
      const answer = await call(server, 'patch', `/comments/c/${_id}`, other).send({
        content: 'x',
      });
      expectFailure(answer, 403, 'FORBIDDEN');
    }

    expect(dataOf(await call(server, 'get', `/comments/c/${_id}`)).content).toBe('mine');
  });
});

coversBehaviour('POST /api/v1/comments/:videoId');
coversBehaviour('GET /api/v1/comments/:videoId');
coversBehaviour('GET /api/v1/comments/c/:commentId');
coversBehaviour('PATCH /api/v1/comments/c/:commentId');
coversBehaviour('GET /api/v1/comments/c/:commentId/replies');
coversBehaviour('POST /api/v1/comments/c/:commentId/replies');
