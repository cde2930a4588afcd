import { Types } from 'mongoose';
import { Removal } from '../../src/models/removal.model';
import { courseAsset } from '../../src/services/import/course-media';
import type { PlannedAsset } from '../../src/services/media/media-store';
import { createRemovals } from '../../src/services/removal/removal.service';
import { createLogger } from '../../src/utils/logger';
import { startTestServer, type TestServer } from '../helpers/server';
import { stubStore } from '../helpers/stub-store';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

test('a removal, when some of its files are kept by others, removes ours alone', async () => {
  const url = 'https://res.cloudinary.com/course/video/upload/v1710000000/clip.mp4';
  const theirs = courseAsset(url, 'video', {});
  const ours = courseAsset(url, 'video', { ownCloudName: 'course' });
  const removed: PlannedAsset[] = [];
  const removals = createRemovals({
    mediaStore: stubStore({ remove: async (asset) => void removed.push(asset) }),
    logger: createLogger({ logLevel: 'silent' }),
  });

  const removal = await removals.schedule(
    { kind: 'asset', target: new Types.ObjectId(), assets: [theirs, ours] },
    undefined,
  );
  await removals.run(removal);

  expect(removed).toEqual([{ publicId: 'clip', resourceType: 'video' }]);
  expect(await Removal.countDocuments({ _id: removal })).toBe(0);
});
