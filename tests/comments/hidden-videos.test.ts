import { Comment } from '../../src/models/comment.model';
import { Like } from '../../src/models/like.model';
import { Video } from '../../src/models/video.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { addComment, addReply, call } from '../helpers/posts';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let owner: SignedInAccount;
let ada: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  owner = await registerAndLogin(server);
  ada = await registerAndLogin(server);
});
afterAll(() => server.stop());

/** A video that was hidden after somebody had commented on it. */
async function hiddenThread() {
  const videoId = await seedVideo(owner.user._id);
  const comment = await addComment(server, ada, videoId);
  const reply = await addReply(server, ada, comment._id);
  await call(server, 'patch', `/videos/toggle/publish/${videoId}`, owner).expect(200);
  return { videoId, commentId: comment._id, replyId: reply._id };
}

/** Every door that leads to the comments on a video. */
function doors({ videoId, commentId, replyId }: Awaited<ReturnType<typeof hiddenThread>>) {
  const content = { content: 'Is anybody here?' };
  return {
    'list comments': ['get', `/comments/${videoId}`, undefined, 'VIDEO_NOT_FOUND'],
    'add a comment': ['post', `/comments/${videoId}`, content, 'VIDEO_NOT_FOUND'],
    'get a comment': ['get', `/comments/c/${commentId}`, undefined, 'COMMENT_NOT_FOUND'],
    'get a reply': ['get', `/comments/c/${replyId}`, undefined, 'COMMENT_NOT_FOUND'],
    'list replies': ['get', `/comments/c/${commentId}/replies`, undefined, 'COMMENT_NOT_FOUND'],
    'add a reply': ['post', `/comments/c/${commentId}/replies`, content, 'COMMENT_NOT_FOUND'],
    'answer a reply': ['post', `/comments/c/${replyId}/replies`, content, 'COMMENT_NOT_FOUND'],
    'change a comment': ['patch', `/comments/c/${commentId}`, content, 'COMMENT_NOT_FOUND'],
    'like a comment': ['post', `/likes/toggle/c/${commentId}`, undefined, 'COMMENT_NOT_FOUND'],
    'like a reply': ['post', `/likes/toggle/c/${replyId}`, undefined, 'COMMENT_NOT_FOUND'],
    'delete a reply': ['delete', `/comments/c/${replyId}`, undefined, 'COMMENT_NOT_FOUND'],
    'delete a comment': ['delete', `/comments/c/${commentId}`, undefined, 'COMMENT_NOT_FOUND'],
  } as const;
}

describe('comments on a hidden video', () => {
  test('every door, when their own author knocks, answers 404 and nothing changes', async () => {
    const thread = await hiddenThread();
    const before = await Comment.find({ video: thread.videoId }).lean();

    for (const [door, [method, path, body, code]] of Object.entries(doors(thread))) {
      const answer = await call(server, method, path, ada).send(body);

      expect({ door, status: answer.status }).toEqual({ door, status: 404 });
      expectFailure(answer, 404, code);
    }

    expect(await Comment.find({ video: thread.videoId }).lean()).toEqual(before);
    expect(await Like.countDocuments({ target: { $in: before.map(({ _id }) => _id) } })).toBe(0);
    expect(await Video.findById(thread.videoId).lean()).toMatchObject({
      commentsCount: 2,
      topCommentsCount: 1,
    });
  });

  test('every door that guests may use, when a guest knocks, answers 404', async () => {
    const thread = await hiddenThread();

    for (const [method, path, , code] of Object.values(doors(thread))) {
      if (method === 'get') expectFailure(await call(server, method, path), 404, code);
    }
  });

  test('every door, when the owner of the video knocks, opens', async () => {
    const thread = await hiddenThread();

    for (const [door, [method, path, body]] of Object.entries(doors(thread))) {
      const answer = await call(server, method, path, owner).send(body);

      // Only its author may change a comment, whoever may see it.
      const expected = door === 'change a comment' ? 403 : door.startsWith('a') ? 201 : 200;
      expect({ door, status: answer.status }).toEqual({ door, status: expected });
    }
  });

  test('the comments, when the video is shown again, are all there', async () => {
    const { videoId, commentId } = await hiddenThread();

    await call(server, 'patch', `/videos/toggle/publish/${videoId}`, owner).expect(200);

    const page = dataOf(await call(server, 'get', `/comments/${videoId}`));
    expect(page.docs).toEqual([expect.objectContaining({ _id: commentId, repliesCount: 1 })]);
  });
});

describe('a comment that is written just before its video is hidden', () => {
  afterEach(() => jest.restoreAllMocks());

  test.each(['comment', 'reply'])(
    'the %s, when it is stored, answers 201 all the same',
    async (kind) => {
      const videoId = await seedVideo(owner.user._id);
      const { _id } = await addComment(server, ada, videoId);
      const path = kind === 'reply' ? `/comments/c/${_id}/replies` : `/comments/${videoId}`;
      const create = jest.spyOn(Comment, 'create');
      jest.spyOn(Comment, 'aggregate').mockImplementation((pipeline) => {
        const written = create.mock.calls.length > 0;
        const hidden = written
          ? Video.updateOne({ _id: videoId }, { isPublished: false })
          : undefined;
        const rows = async () => {
          await hidden;
          return Comment.collection.aggregate(pipeline).toArray();
        };
        return rows() as unknown as ReturnType<typeof Comment.aggregate>;
      });
      const answer = await call(server, 'post', path, ada).send({ content: 'In time' });

      jest.restoreAllMocks();
      expect(dataOf(answer, 201)).toMatchObject({ content: 'In time' });
      expect(await Comment.countDocuments({ video: videoId, content: 'In time' })).toBe(1);
      expect((await Video.findById(videoId).lean())?.isPublished).toBe(false);
    },
  );
});

describe('comments on a deleted video', () => {
  test('every door, when the video is gone, answers 404 also for its former owner', async () => {
    const thread = await hiddenThread();
    await call(server, 'delete', `/videos/${thread.videoId}`, owner).expect(200);

    for (const [method, path, body, code] of Object.values(doors(thread))) {
      expectFailure(await call(server, method, path, owner).send(body), 404, code);
    }

    expect(await Comment.countDocuments({ video: thread.videoId })).toBe(0);
  });
});
