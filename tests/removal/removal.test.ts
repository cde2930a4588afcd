import { Types } from 'mongoose';
import { Comment } from '../../src/models/comment.model';
import { Like } from '../../src/models/like.model';
import { Playlist } from '../../src/models/playlist.model';
import { Removal } from '../../src/models/removal.model';
import { ViewMark } from '../../src/models/view-mark.model';
import { WatchHistory } from '../../src/models/watch-history.model';
import type { MediaStore, StoredAsset } from '../../src/services/media/media-store';
import { createRemovals } from '../../src/services/removal/removal.service';
import { createLogger } from '../../src/utils/logger';
import { eventually } from '../helpers/eventually';
import { stubStore } from '../helpers/stub-store';
import { startTestServer, type TestServer } from '../helpers/server';

const silent = createLogger({ logLevel: 'silent' });
const ASSET: StoredAsset = {
  url: '/media/aa/bb/c.mp4',
  publicId: 'aa/bb/c.mp4',
  resourceType: 'video',
  bytes: 1,
  format: 'mp4',
};
const id = () => new Types.ObjectId();

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

/** A store that only remembers what it was told to remove. */
function recordingStore(remove: MediaStore['remove'] = () => Promise.resolve()) {
  const removed: string[] = [];
  const mediaStore = stubStore({
    remove: async (asset) => {
      await remove(asset);
      removed.push(asset.publicId);
    },
  });
  return { mediaStore, removed };
}

/** Everything that can hang on a video: `likes` also of its comments. */
async function hangOn(video: Types.ObjectId, count: number): Promise<void> {
  const parent = id();
  const comments = Array.from({ length: count }, (_value, index) => ({
    _id: id(),
    video,
    parent: index % 2 ? parent : null,
    owner: id(),
    content: 'x',
  }));
  await Comment.insertMany(comments);
  await Like.insertMany([
    ...comments.map(({ _id }) => ({ likedBy: id(), targetType: 'comment', target: _id })),
    ...comments.map(() => ({ likedBy: id(), targetType: 'video', target: video })),
  ]);
  await WatchHistory.create({ user: id(), video, watchedAt: new Date() });
  await ViewMark.create({ video, viewer: id().toString(), expiresAt: new Date(Date.now() + 1e6) });
  await Playlist.create({ owner: id(), name: 'x', videos: [id(), video, id()] });
}

async function rowsOf(video: Types.ObjectId): Promise<number[]> {
  return Promise.all([
    Comment.countDocuments({ video }),
    Like.countDocuments({ targetType: 'video', target: video }),
    WatchHistory.countDocuments({ video }),
    ViewMark.countDocuments({ video }),
    Playlist.countDocuments({ videos: video }),
  ]);
}

describe('a removal', () => {
  test('the removal of a video, when run, deletes what hung on it in batches and nothing else', async () => {
    const { mediaStore, removed } = recordingStore();
    const removals = createRemovals({ mediaStore, logger: silent });
    const [gone, kept] = [id(), id()];
    await hangOn(gone, 1200);
    await hangOn(kept, 3);
    const goneComments = await Comment.find({ video: gone }).distinct('_id');

    const removal = await removals.schedule(
      { kind: 'video', target: gone, assets: [ASSET, undefined] },
      undefined,
    );
    await removals.run(removal);

    await eventually(async () => expect(await rowsOf(gone)).toEqual([0, 0, 0, 0, 0]));
    expect(await Like.countDocuments({ target: { $in: goneComments } })).toBe(0);
    expect(await rowsOf(kept)).toEqual([3, 3, 1, 1, 1]);
    await eventually(() => expect(removed).toEqual([ASSET.publicId]));
  });

  test('the removal of a video, when rows land after it, is repeated once by a later sweep', async () => {
    const { mediaStore, removed } = recordingStore();
    const removals = createRemovals({ mediaStore, logger: silent });
    const gone = id();
    await hangOn(gone, 1);
    const removal = await removals.schedule(
      { kind: 'video', target: gone, assets: [ASSET] },
      undefined,
    );
    await removals.run(removal);
    await hangOn(gone, 2);

    const waiting = await Removal.findById(removal).lean();
    expect(waiting).toMatchObject({ cleared: true, assets: [] });
    expect(waiting!.leasedUntil.getTime()).toBeGreaterThan(Date.now() + 10_000);
    await Removal.updateOne({ _id: removal }, { leasedUntil: new Date(0) });
    removals.start();

    await eventually(async () => expect(await Removal.countDocuments({ _id: removal })).toBe(0));
    expect(await rowsOf(gone)).toEqual([0, 0, 0, 0, 0]);
    expect(removed).toEqual([ASSET.publicId]);
    await removals.stop();
  });

  test('the removal of a video, when it takes it out of a playlist, does not make that look edited', async () => {
    const removals = createRemovals({ ...recordingStore(), logger: silent });
    const [gone, kept] = [id(), id()];
    const playlist = await Playlist.create({ owner: id(), name: 'x', videos: [gone, kept] });

    await removals.run(await removals.schedule({ kind: 'video', target: gone }, undefined));

    const after = await Playlist.findById(playlist._id).lean();
    expect(after?.videos).toEqual([kept]);
    expect(after?.updatedAt).toEqual(playlist.updatedAt);
  });

  test('a removal, when the database is away after the deletion, does not reject', async () => {
    const removals = createRemovals({ ...recordingStore(), logger: silent });
    const removal = await removals.schedule({ kind: 'asset', target: id() }, undefined);
    jest.spyOn(Removal, 'findById').mockImplementationOnce(() => {
      throw new Error('away');
    });

    await expect(removals.run(removal)).resolves.toBeUndefined();

    expect(await Removal.countDocuments({ _id: removal })).toBe(1);
  });

  test('the removal of a comment, when run, deletes its replies and their likes', async () => {
    const removals = createRemovals({ ...recordingStore(), logger: silent });
    const [video, parent, reply] = [id(), id(), id()];
    await Comment.create({ _id: reply, video, parent, owner: id(), content: 'x' });
    await Like.create({ likedBy: id(), targetType: 'comment', target: reply });
    await Like.create({ likedBy: id(), targetType: 'comment', target: parent });

    await removals.run(await removals.schedule({ kind: 'comment', target: parent }, undefined));

    expect(await Comment.countDocuments({ video })).toBe(0);
    expect(await Like.countDocuments({ target: { $in: [reply, parent] } })).toBe(0);
  });

  test('a removal, when the media store is away, stays and is finished by a later sweep', async () => {
    let away = true;
    const { mediaStore, removed } = recordingStore(() =>
      away ? Promise.reject(new Error('away')) : Promise.resolve(),
    );
    const first = createRemovals({ mediaStore, logger: silent });
    const removal = await first.schedule(
      { kind: 'asset', target: id(), assets: [ASSET] },
      undefined,
    );

    await first.run(removal);
    expect(await Removal.countDocuments({ _id: removal })).toBe(1);
    away = false;
    await Removal.updateOne({ _id: removal }, { leasedUntil: new Date(0) });
    const second = createRemovals({ mediaStore, logger: silent });
    second.start();

    await eventually(async () => expect(await Removal.countDocuments({ _id: removal })).toBe(0));
    expect(removed).toEqual([ASSET.publicId]);
    await second.stop();
  });

  test('a removal, when three instances look for work at once, is done by one', async () => {
    const stores = [recordingStore(), recordingStore(), recordingStore()];
    const instances = stores.map(({ mediaStore }) =>
      createRemovals({ mediaStore, logger: silent }),
    );
    const targets = Array.from({ length: 20 }, id);
    await Removal.insertMany(
      targets.map((target) => ({
        kind: 'asset',
        target,
        assets: [{ ...ASSET, publicId: target.toString() }],
        leasedUntil: new Date(0),
      })),
    );

    for (const instance of instances) instance.start();

    await eventually(async () =>
      expect(await Removal.countDocuments({ target: { $in: targets } })).toBe(0),
    );
    expect(stores.flatMap(({ removed }) => removed).sort()).toEqual(targets.map(String).sort());
    await Promise.all(instances.map((instance) => instance.stop()));
  });
});
