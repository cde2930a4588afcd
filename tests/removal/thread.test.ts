import { Types } from 'mongoose';
import { runInTransaction } from '../../src/db/run-in-transaction';
import { Comment } from '../../src/models/comment.model';
import { Video } from '../../src/models/video.model';
import { addComment, deleteCommentWithin } from '../../src/services/comment.service';
import { createRemovals } from '../../src/services/removal/removal.service';
import { createLogger } from '../../src/utils/logger';
import { stubStore } from '../helpers/stub-store';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test('a reply, when it is deleted while its deleted thread is still being cleared away, is counted off once', async () => {
  const unused = () => Promise.reject(new Error('comments have no files'));
  const mediaStore = stubStore({ remove: unused });
  const removals = createRemovals({ mediaStore, logger: createLogger({ logLevel: 'silent' }) });
  const owner = new Types.ObjectId();
  const video = new Types.ObjectId(await seedVideo(owner));
  const thread = await addComment({ video, owner, parent: null, content: 'x' });
  const reply = await addComment({ video, owner, parent: thread, content: 'x' });
  await addComment({ video, owner, parent: null, content: 'stays' });
  const deleted = (comment: Types.ObjectId) =>
    runInTransaction((session) => deleteCommentWithin(removals, comment, session));

  const threadRemoval = await deleted(thread);
  const replyRemoval = await deleted(reply);
  for (const removal of [threadRemoval, replyRemoval]) if (removal) await removals.run(removal);

  expect(await Comment.countDocuments({ video })).toBe(1);
  expect(await Video.findById(video).lean()).toMatchObject({
    commentsCount: 1,
    topCommentsCount: 1,
  });
});
