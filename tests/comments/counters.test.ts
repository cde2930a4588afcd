import { Comment } from '../../src/models/comment.model';
import { Like } from '../../src/models/like.model';
import { Removal } from '../../src/models/removal.model';
import { Video } from '../../src/models/video.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { addComment, addReply, call } from '../helpers/posts';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let people: SignedInAccount[];
let videoId: string;
beforeAll(async () => {
  server = await startTestServer();
  people = await Promise.all(Array.from({ length: 5 }, () => registerAndLogin(server)));
});
beforeEach(async () => {
  videoId = await seedVideo(person(0).user._id);
});
afterAll(() => server.stop());

function person(index: number): SignedInAccount {
  const found = people[index % people.length];
  if (!found) throw new Error('nobody is registered');
  return found;
}

/** Whoever deletes a great thread does not wait for all of it. */
function removalsAreDone(): Promise<void> {
  return eventually(async () => expect(await Removal.countDocuments({ cleared: false })).toBe(0));
}

/** Asserts that every counter says what the rows say, and that no row hangs in the air. */
async function expectRightCounters(): Promise<{ all: number; top: number }> {
  await removalsAreDone();
  const rows = await Comment.find({ video: videoId }).lean();
  const top = rows.filter(({ parent }) => parent === null);
  for (const comment of rows) {
    const replies = rows.filter(({ parent }) => parent?.equals(comment._id));
    const likes = await Like.countDocuments({ targetType: 'comment', target: comment._id });
    expect({
      content: comment.content,
      replies: comment.repliesCount,
      likes: comment.likesCount,
    }).toEqual({ content: comment.content, replies: replies.length, likes });
  }
  const topIds = new Set(top.map(({ _id }) => _id.toString()));
  expect(rows.filter(({ parent }) => parent && !topIds.has(parent.toString()))).toEqual([]);
  const video = await Video.findById(videoId).lean();
  const counted = { all: video?.commentsCount, top: video?.topCommentsCount };
  expect(counted).toEqual({ all: rows.length, top: top.length });
  return { all: rows.length, top: top.length };
}

const times = <Result>(count: number, work: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_value, index) => work(index)));

describe('counters of comments', () => {
  test('comments, when five people add 50 at once, are 50 and counted as 50', async () => {
    await times(50, (index) => addComment(server, person(index), videoId, `comment ${index}`));

    expect(await expectRightCounters()).toEqual({ all: 50, top: 50 });
  });

  test('replies, when 50 are added to one comment at once, are 50 and counted as 50', async () => {
    const { _id } = await addComment(server, person(1), videoId);

    await times(50, (index) => addReply(server, person(index), _id, `reply ${index}`));

    expect(await expectRightCounters()).toEqual({ all: 51, top: 1 });
    const list = dataOf(await call(server, 'get', `/comments/c/${_id}/replies?limit=100`));
    expect(list.docs).toHaveLength(50);
  });

  test('likes, when one person toggles 51 times at once, end as one row and one count', async () => {
    const { _id } = await addComment(server, person(1), videoId);

    const answers = await times(51, () =>
      call(server, 'post', `/likes/toggle/c/${_id}`, person(2)),
    );

    expect(answers.map(({ status }) => status)).toEqual(Array(51).fill(200));
    await expectRightCounters();
    expect(await Like.countDocuments({ target: _id })).toBe(1);
  });

  test('comments, when added, answered, liked and deleted all at once, count right', async () => {
    const first = await times(10, (index) =>
      addComment(server, person(index), videoId, `first ${index}`),
    );

    const answers = await times(50, async (index) => {
      const target = first[index % 10];
      if (!target) throw new Error('no comment');
      const who = person(index);
      switch (index % 5) {
        case 0:
          return call(server, 'post', `/comments/${videoId}`, who).send({ content: 'new' });
        case 1:
        case 2:
          return call(server, 'post', `/comments/c/${target._id}/replies`, who).send({
            content: `reply ${index}`,
          });
        case 3:
          return call(server, 'post', `/likes/toggle/c/${target._id}`, who);
        default:
          return call(server, 'delete', `/comments/c/${target._id}`, person(0));
      }
    });

    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => ![200, 201, 404].includes(status))).toEqual([]);
    const { top } = await expectRightCounters();
    // Ten at first and ten new ones; those at 4 and 9 were deleted, by five requests each.
    expect(top).toBe(18);
  });

  test('a comment, when it is deleted ten times at once, is taken off once', async () => {
    const { _id } = await addComment(server, person(1), videoId);
    await addReply(server, person(2), _id);
    await addComment(server, person(3), videoId);

    const answers = await times(10, () => call(server, 'delete', `/comments/c/${_id}`, person(1)));

    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, ...Array<number>(9).fill(404)]);
    expect(await expectRightCounters()).toEqual({ all: 1, top: 1 });
  });

  test('a comment and its replies, when all are deleted at once, are taken off once each', async () => {
    const { _id } = await addComment(server, person(1), videoId);
    const replies = await times(8, (index) => addReply(server, person(index), _id));

    await Promise.all([
      ...replies.slice(0, 4).map((reply) => remove(reply._id)),
      remove(_id),
      ...replies.slice(4).map((reply) => remove(reply._id)),
    ]);

    expect(await expectRightCounters()).toEqual({ all: 0, top: 0 });
  });

  test('replies, when they race the deletion of their comment, leave no orphan', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { _id } = await addComment(server, person(1), videoId);

      const [, ...answers] = await Promise.all([
        remove(_id),
        ...Array.from({ length: 8 }, (_value, index) =>
          call(server, 'post', `/comments/c/${_id}/replies`, person(index)).send({ content: 'x' }),
        ),
      ]);

      expect(answers.filter(({ status }) => ![201, 404].includes(status))).toEqual([]);
    }

    expect(await expectRightCounters()).toEqual({ all: 0, top: 0 });
  });

  test('likes, when they race the deletion of their comment, leave no row', async () => {
    const { _id } = await addComment(server, person(1), videoId);
    const reply = await addReply(server, person(2), _id);

    const toggles = [_id, reply._id].flatMap((id) =>
      people.map((who) => call(server, 'post', `/likes/toggle/c/${id}`, who)),
    );
    const answers = await Promise.all([...toggles, remove(_id)]);

    expect(answers.filter(({ status }) => ![200, 404].includes(status))).toEqual([]);
    await expectRightCounters();
    expect(await Like.countDocuments({ target: { $in: [_id, reply._id] } })).toBe(0);
  });

  test('comments, when they race the deletion of their video, leave no row', async () => {
    const answers = await Promise.all([
      ...Array.from({ length: 10 }, (_value, index) =>
        call(server, 'post', `/comments/${videoId}`, person(index)).send({ content: 'x' }),
      ),
      call(server, 'delete', `/videos/${videoId}`, person(0)),
    ]);

    expect(answers.filter(({ status }) => ![200, 201, 404].includes(status))).toEqual([]);
    await removalsAreDone();
    expect(await Comment.countDocuments({ video: videoId })).toBe(0);
  });
});

/** The owner of the video may delete every comment on it. */
function remove(commentId: string) {
  return call(server, 'delete', `/comments/c/${commentId}`, person(0));
}
