import { Types } from 'mongoose';
import { Like } from '../../src/models/like.model';
import { Removal } from '../../src/models/removal.model';
import { Video } from '../../src/models/video.model';
import { WatchHistory } from '../../src/models/watch-history.model';
import type { MediaStore } from '../../src/services/media/media-store';
import { toggleLike } from '../../src/services/like.service';
import { reconcileCounters } from '../../src/services/reconcile/reconcile.service';
import { createRemovals } from '../../src/services/removal/removal.service';
import { createLogger } from '../../src/utils/logger';
import { eventually } from '../helpers/eventually';
import { stubStore } from '../helpers/stub-store';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

function removerWith(remove: MediaStore['remove']) {
  return createRemovals({
    mediaStore: stubStore({ remove }),
    logger: createLogger({ logLevel: 'silent' }),
  });
}

test('the removal of an account, when the server stops in the middle, is finished by the next one', async () => {
  const [account, other] = [new Types.ObjectId(), new Types.ObjectId()];
  for (let count = 0; count < 3; count += 1) await seedVideo(account);
  const liked = new Types.ObjectId(await seedVideo(other));
  await toggleLike(account, 'video', liked);
  await WatchHistory.create({ user: account, video: liked, watchedAt: new Date() });
  // The server is told to stop while it deletes the files of the first video.
  let stopped: Promise<void> | undefined;
  const first = removerWith(() => {
    stopped ??= first.stop();
    return Promise.resolve();
  });

  await first.run(await first.schedule({ kind: 'account', target: account }, undefined));
  await stopped;

  expect(await Video.countDocuments({ owner: account })).toBe(2);
  expect(await Removal.countDocuments({ target: account, cleared: false })).toBe(1);

  const removed: string[] = [];
  const second = removerWith(async ({ publicId }) => {
    removed.push(publicId);
  });
  second.start();

  await eventually(async () =>
    expect(await Removal.countDocuments({ target: account, cleared: true })).toBe(1),
  );
  await second.stop();
  expect(await Video.countDocuments({ owner: account })).toBe(0);
  expect(await Like.countDocuments({ likedBy: account })).toBe(0);
  expect(await WatchHistory.countDocuments({ user: account })).toBe(0);
  expect(await Video.findById(liked).lean()).toMatchObject({ likesCount: 0 });
  expect(removed.filter((name) => name.startsWith('videos/'))).toHaveLength(2);
  expect((await reconcileCounters({ fix: false }, () => undefined)).drifted).toBe(0);
});
