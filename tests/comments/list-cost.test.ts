import { Types } from 'mongoose';
import { Comment } from '../../src/models/comment.model';
import { Like } from '../../src/models/like.model';
import { Tweet } from '../../src/models/tweet.model';
import { commentList } from '../../src/services/comment-list.service';
import { likedVideosList } from '../../src/services/liked-videos.service';
import { arrayPageStages, type ArrayList } from '../../src/services/paging/array-page';
import { encodePosition } from '../../src/services/paging/keyset-order';
import { tweetList } from '../../src/services/tweet.service';
import { costOf } from '../helpers/query-cost';
import { startTestServer, type TestServer } from '../helpers/server';

const LIMIT = 20;
const ROWS = 600;
const video = new Types.ObjectId();
const parent = new Types.ObjectId();
const owner = new Types.ObjectId();
const viewer = new Types.ObjectId();
const popular = new Types.ObjectId();

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const rows = Array.from({ length: ROWS }, (_value, index) => ({
    // Two to four rows of a list share a time, so that the id has to decide.
    createdAt: new Date(Date.UTC(2024, 0, 1, 0, 0, index % 300)),
    likesCount: index % 3,
    content: 'x',
    owner,
  }));
  await Comment.insertMany([
    ...rows.map((row) => ({ ...row, video, parent: null })),
    ...rows.map((row) => ({ ...row, video, parent })),
  ]);
  await Tweet.insertMany([...rows, ...rows.map((row) => ({ ...row, owner: viewer }))]);
  await Like.insertMany([
    ...rows.map(({ createdAt }) => ({
      likedBy: viewer,
      targetType: 'video',
      target: new Types.ObjectId(),
      createdAt,
    })),
    ...rows.map(() => ({
      likedBy: new Types.ObjectId(),
      targetType: 'comment',
      target: popular,
    })),
    ...rows.map(() => ({
      likedBy: viewer,
      targetType: 'comment',
      target: new Types.ObjectId(),
    })),
  ]);
});
afterAll(() => server.stop());

const ofVideo = (sortBy: 'createdAt' | 'likesCount', sortType: 1 | -1) =>
  commentList({ video, parent: null }, { sortBy, sortType }, viewer);

const LISTS: [string, typeof Comment | typeof Tweet | typeof Like, ArrayList][] = [
  ['comments, newest first', Comment, ofVideo('createdAt', -1)],
  ['comments, oldest first', Comment, ofVideo('createdAt', 1)],
  ['comments, most liked first', Comment, ofVideo('likesCount', -1)],
  ['comments, least liked first', Comment, ofVideo('likesCount', 1)],
  ['replies', Comment, commentList({ parent }, { sortBy: 'createdAt', sortType: -1 }, viewer)],
  ['everybody’s tweets', Tweet, tweetList(undefined, viewer)],
  ['one person’s tweets', Tweet, tweetList(owner, viewer)],
  ['liked videos', Like, likedVideosList(viewer)],
];

describe('the cost of a page', () => {
  test.each(LISTS)(
    '%s, when read from the top, reads one page of keys',
    async (_w, model, list) => {
      const cost = await costOf(
        model as typeof Comment,
        arrayPageStages(list, { page: 1, limit: LIMIT }),
      );

      expect(cost).toMatchObject({ keys: LIMIT + 1, documents: LIMIT + 1 });
      expect(cost.stages).toContain('IXSCAN');
      expect(cost.stages).not.toContain('SORT');
    },
  );

  test.each(LISTS)(
    '%s, when read from a cursor on, reads one page of keys',
    async (_w, model, list) => {
      const [row] = await (model as typeof Comment).aggregate(
        arrayPageStages({ ...list, joins: [] }, { page: 301, limit: 1 }),
      );
      const cursor = encodePosition(list.order, row);

      const cost = await costOf(
        model as typeof Comment,
        arrayPageStages(list, { page: 1, limit: LIMIT, cursor }),
      );

      // Two ranges are merged, each read one key ahead; or the planner passes over the rows that share
      // the cursor's own time.
      expect(cost.keys).toBeLessThanOrEqual(LIMIT + 4);
      expect(cost.documents).toBeLessThanOrEqual(LIMIT + 4);
      expect(cost.stages).not.toContain('COLLSCAN');
      expect(cost.stages).not.toContain('SORT');
    },
  );

  test('isLiked, when many like the thing and the viewer likes many, reads one key', async () => {
    await Like.create({ likedBy: viewer, targetType: 'comment', target: popular });

    const cost = await costOf(Like, [
      { $match: { target: popular } },
      { $match: { likedBy: viewer, targetType: 'comment' } },
      { $limit: 1 },
    ]);

    expect(cost).toMatchObject({ keys: 1, documents: 1 });
  });
});
