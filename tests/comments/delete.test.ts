import { Comment } from '../../src/models/comment.model';
import { Like } from '../../src/models/like.model';
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

describe('DELETE /comments/c/:commentId', () => {
  test('a comment, when its author deletes it, goes with its replies and all their likes', async () => {
    const { _id } = await addComment(server, ada, videoId);
    const reply = await addReply(server, bob, _id);
    const kept = await addComment(server, bob, videoId, 'kept');
    for (const id of [_id, reply._id, kept._id]) {
      await call(server, 'post', `/likes/toggle/c/${id}`, owner).expect(200);
    }

    expect(dataOf(await call(server, 'delete', `/comments/c/${_id}`, ada))).toEqual({});

    for (const id of [_id, reply._id]) {
      expectFailure(await call(server, 'get', `/comments/c/${id}`), 404, 'COMMENT_NOT_FOUND');
    }
    const page = dataOf(await call(server, 'get', `/comments/${videoId}`));
    expect(contentsOf(page)).toEqual(['kept']);
    expect(await Comment.countDocuments({ video: videoId })).toBe(1);
    expect(await Like.countDocuments({ target: { $in: [_id, reply._id] } })).toBe(0);
    expect(await Like.countDocuments({ target: kept._id })).toBe(1);
    expect(await commentCountsOf(videoId)).toEqual({ all: 1, top: 1 });
  });

  test('a reply, when its author deletes it, leaves the thread and its counts', async () => {
    const { _id } = await addComment(server, ada, videoId);
    const reply = await addReply(server, bob, _id, 'going');
    await addReply(server, ada, _id, 'staying');

    dataOf(await call(server, 'delete', `/comments/c/${reply._id}`, bob));

    const list = dataOf(await call(server, 'get', `/comments/c/${_id}/replies`));
    expect(contentsOf(list)).toEqual(['staying']);
    expect((await Comment.findById(_id).lean())?.repliesCount).toBe(1);
    expect(await commentCountsOf(videoId)).toEqual({ all: 2, top: 1 });
  });

  test('comments of others, when the owner of the video deletes them, go', async () => {
    const comment = await addComment(server, ada, videoId);
    const reply = await addReply(server, bob, comment._id);

    dataOf(await call(server, 'delete', `/comments/c/${reply._id}`, owner));
    dataOf(await call(server, 'delete', `/comments/c/${comment._id}`, owner));

    expect(await Comment.countDocuments({ video: videoId })).toBe(0);
    expect(await commentCountsOf(videoId)).toEqual({ all: 0, top: 0 });
  });

  test('a comment, when somebody else deletes it, answers 403 and stays', async () => {
    const { _id } = await addComment(server, ada, videoId);
    await addReply(server, bob, _id);

    // Whoever only replied owns neither the comment nor the video.
    expectFailure(await call(server, 'delete', `/comments/c/${_id}`, bob), 403, 'FORBIDDEN');

    expect(await Comment.countDocuments({ video: videoId })).toBe(2);
    expect(await commentCountsOf(videoId)).toEqual({ all: 2, top: 1 });
  });

  test('a comment, when it is deleted twice, is gone the second time', async () => {
    const { _id } = await addComment(server, ada, videoId);

    dataOf(await call(server, 'delete', `/comments/c/${_id}`, ada));

    const second = await call(server, 'delete', `/comments/c/${_id}`, ada);
    expectFailure(second, 404, 'COMMENT_NOT_FOUND');
    expect(await commentCountsOf(videoId)).toEqual({ all: 0, top: 0 });
  });
});

coversBehaviour('DELETE /api/v1/comments/c/:commentId');
