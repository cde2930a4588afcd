import { Comment } from '../../src/models/comment.model';
import { ModerationLog } from '../../src/models/moderation-log.model';
import { Video } from '../../src/models/video.model';
import { reconcileCounters } from '../../src/services/reconcile/reconcile.service';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { addComment, addReply, call } from '../helpers/posts';
import { loginAs } from '../helpers/roles';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let moderator: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  moderator = await loginAs(server, 'moderator');
});
afterAll(() => server.stop());

const remove = (commentId: string, account = moderator) =>
  call(server, 'delete', `/moderation/comments/${commentId}`, account).send({ reason: 'Soap' });

describe('DELETE /moderation/comments/:commentId', () => {
  test('a comment, when a moderator deletes it, goes with its replies and is logged once', async () => {
    const videoId = await seedVideo(ada.user._id);
    const comment = await addComment(server, ada, videoId);
    await addReply(server, ada, comment._id);

    const answers = await Promise.all([remove(comment._id), remove(comment._id)]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404]);
    expect(await Comment.countDocuments({ video: videoId })).toBe(0);
    expect(await Video.findById(videoId).lean()).toMatchObject({
      commentsCount: 0,
      topCommentsCount: 0,
    });
    expect(await ModerationLog.find({ target: comment._id }).lean()).toEqual([
      expect.objectContaining({ act: 'comment-deleted', reason: 'Soap' }),
    ]);
    expect((await reconcileCounters({ fix: false }, () => undefined)).drifted).toBe(0);
  });

  test('a comment, when the caller is no moderator, stays as it is', async () => {
    const comment = await addComment(server, ada, await seedVideo(ada.user._id));

    expectFailure(await remove(comment._id, ada), 403, 'FORBIDDEN');

    expect(dataOf(await call(server, 'get', `/comments/c/${comment._id}`))._id).toBe(comment._id);
  });
});

coversBehaviour('DELETE /api/v1/moderation/comments/:commentId');
