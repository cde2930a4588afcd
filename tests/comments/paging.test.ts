import { Types } from 'mongoose';
import { Comment } from '../../src/models/comment.model';
import { Video } from '../../src/models/video.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { addComment, addReply, call, type CommentView } from '../helpers/posts';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
});
afterAll(() => server.stop());

/** Several comments share a time and a count of likes, so that only the id keeps their order. */
async function seedComments(parent: { video: string; comment?: string }, count: number) {
  const rows = Array.from({ length: count }, (_value, index) => ({
    _id: new Types.ObjectId(),
    video: parent.video,
    parent: parent.comment ?? null,
    owner: ada.user._id,
    content: `comment ${index}`,
    likesCount: index % 3,
    createdAt: new Date(Date.UTC(2024, 0, 1, 0, Math.floor(index / 2))),
  }));
  await Comment.insertMany(rows);
  const top = parent.comment === undefined ? count : 0;
  await Video.updateOne(
    { _id: parent.video },
    { $inc: { commentsCount: count, topCommentsCount: top } },
  );
  if (parent.comment) {
    await Comment.updateOne({ _id: parent.comment }, { $inc: { repliesCount: count } });
  }
  return rows.map(({ content }) => content);
}

const contents = (docs: CommentView[]) => docs.map(({ content }) => content);

async function getPage(path: string, query: Record<string, string>) {
  return dataOf(await call(server, 'get', `${path}?${new URLSearchParams(query).toString()}`));
}

/** Follows the cursors to the end; `between` runs before each further page. */
async function readAll(
  path: string,
  query: Record<string, string>,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<CommentView[]> {
  const docs: CommentView[] = [];
  let page = await getPage(path, query);
  for (;;) {
    docs.push(...page.docs);
    expect(page.hasNextPage).toBe(page.nextCursor !== null);
    if (page.nextCursor === null) return docs;
    await between();
    page = await getPage(path, { ...query, cursor: page.nextCursor as string });
  }
}

describe('pages of comments', () => {
  test('numbered pages, when put together, are the list, and say where they stand', async () => {
    const video = await seedVideo(ada.user._id);
    const seeded = await seedComments({ video }, 7);

    const pages = [];
    for (const page of ['1', '2', '3']) {
      pages.push(await getPage(`/comments/${video}`, { page, limit: '3' }));
    }

    expect(pages.flatMap(({ docs }) => contents(docs))).toEqual([...seeded].reverse());
    expect(pages.map(({ docs: _docs, nextCursor: _next, ...place }) => place)).toEqual(
      [1, 2, 3].map((page) => ({
        totalDocs: 7,
        limit: 3,
        page,
        totalPages: 3,
        pagingCounter: page * 3 - 2,
        hasPrevPage: page > 1,
        hasNextPage: page < 3,
        prevPage: page > 1 ? page - 1 : null,
        nextPage: page < 3 ? page + 1 : null,
      })),
    );
  });

  test('a page, when it is beyond the last, is empty', async () => {
    const video = await seedVideo(ada.user._id);
    await seedComments({ video }, 2);

    const page = await getPage(`/comments/${video}`, { page: '9', limit: '3' });

    expect(page).toMatchObject({ docs: [], totalDocs: 2, hasNextPage: false, hasPrevPage: true });
  });

  test.each(['desc', 'asc'])(
    'cursors, when comments are added all the while, show each of the first ones once (%s)',
    async (sortType) => {
      const video = await seedVideo(ada.user._id);
      const seeded = await seedComments({ video }, 9);
      let added = 0;

      const docs = await readAll(`/comments/${video}`, { limit: '2', sortType }, () =>
        addComment(server, ada, video, `added ${(added += 1)}`),
      );

      const shown = contents(docs).filter((content) => content.startsWith('comment'));
      expect(shown).toEqual(sortType === 'asc' ? seeded : [...seeded].reverse());
      expect(new Set(contents(docs)).size).toBe(docs.length);
      expect(added).toBeGreaterThan(3);
    },
  );

  test('cursors, when comments are deleted all the while, skip none that stay', async () => {
    const video = await seedVideo(ada.user._id);
    const seeded = await seedComments({ video }, 9);

    // What was deleted last was shown already: by number, the next page would skip one.
    const docs = await readAll(`/comments/${video}`, { limit: '2' }, async () => {
      const newest = await getPage(`/comments/${video}`, { limit: '1' });
      return call(server, 'delete', `/comments/c/${newest.docs[0]._id}`, ada).expect(200);
    });

    expect(contents(docs)).toEqual([...seeded].reverse());
  });

  test.each([
    ['desc', ['2', '2', '1', '1', '0', '0']],
    ['asc', ['0', '0', '1', '1', '2', '2']],
  ])(
    'sortBy=likesCount, when read by cursor (%s), is in order and whole',
    async (sortType, likes) => {
      const video = await seedVideo(ada.user._id);
      await seedComments({ video }, 6);

      const query = { sortBy: 'likesCount', sortType };
      const docs = await readAll(`/comments/${video}`, { ...query, limit: '1' });

      expect(docs.map(({ likesCount }) => String(likesCount))).toEqual(likes);
      const whole = await getPage(`/comments/${video}`, query);
      expect(docs).toEqual(whole.docs);
      expect(new Set(contents(docs)).size).toBe(6);
    },
  );

  test('sortBy=likesCount, when a like is given, moves the comment up', async () => {
    const video = await seedVideo(ada.user._id);
    const older = await addComment(server, ada, video, 'older');
    await addComment(server, ada, video, 'newer');
    const order = async () =>
      contents((await getPage(`/comments/${video}`, { sortBy: 'likesCount' })).docs);
    expect(await order()).toEqual(['newer', 'older']);

    await call(server, 'post', `/likes/toggle/c/${older._id}`, ada).expect(200);

    expect(await order()).toEqual(['older', 'newer']);
  });

  test('replies, when read by cursor while some are added, show each of the first ones once', async () => {
    const video = await seedVideo(ada.user._id);
    const { _id } = await addComment(server, ada, video);
    const seeded = await seedComments({ video, comment: _id }, 7);

    const docs = await readAll(`/comments/c/${_id}/replies`, { limit: '3' }, () =>
      addReply(server, ada, _id, 'added'),
    );

    expect(contents(docs)).toEqual([...seeded].reverse());
  });

  test('a page by cursor, when it is shown, says how far one has come', async () => {
    const video = await seedVideo(ada.user._id);
    await seedComments({ video }, 7);
    const first = await getPage(`/comments/${video}`, { limit: '3' });

    const second = await getPage(`/comments/${video}`, { limit: '3', cursor: first.nextCursor });

    expect(second).toMatchObject({
      totalDocs: 7,
      page: 2,
      totalPages: 3,
      pagingCounter: 4,
      hasPrevPage: true,
      hasNextPage: true,
    });
  });
});
