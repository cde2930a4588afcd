import { mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Types } from 'mongoose';
import pino from 'pino';
import { MediaJob } from '../../src/models/media-job.model';
import { Removal } from '../../src/models/removal.model';
import { UserFile } from '../../src/models/user-file.model';
import { User } from '../../src/models/user.model';
import { Video } from '../../src/models/video.model';
import { CloudinaryStore } from '../../src/services/media/cloudinary-store';
import { foreignAsset } from '../../src/services/media/foreign-asset';
import { LocalStore } from '../../src/services/media/local-store';
import type { ListedAsset, MediaStore } from '../../src/services/media/media-store';
import { readSpoolId } from '../../src/services/jobs/spool';
import {
  reconcileMedia,
  type MediaFinding,
} from '../../src/services/reconcile/reconcile-media.service';
import {
  AVATAR,
  COVER_IMAGE,
  accountFields,
  login,
  sendRegistration,
  type SignedInAccount,
} from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { startCloudinaryStub } from '../helpers/cloudinary-stub';
import { fixture } from '../helpers/fixtures';
import { hostMark } from '../helpers/host-mark';
import { localFiles, sendVideo } from '../helpers/media-audit';
import { startTestServer, type TestServer } from '../helpers/server';
import { sendFile } from '../helpers/user-files';
import { seedVideo } from '../helpers/videos';

const HOUR_MILLISECONDS = 3600 * 1000;
/** No process has it: the kernel gives out smaller ones. */
const DEAD_PROCESS = 2 ** 30;
const UNIQUE = '6f1d8a52-3c1e-4b8e-9d6a-0c2f7b1e5a34';

let server: TestServer;
let store: LocalStore;
let account: SignedInAccount;
let videoId: string;
let before: string[];
beforeAll(async () => {
  server = await startTestServer();
  store = new LocalStore(path.join(server.dataDir, 'media'));
  const fields = accountFields();
  const files = { avatar: AVATAR, coverImage: COVER_IMAGE };
  const user = dataOf(await sendRegistration(server, { ...fields }, files), 201);
  account = await login(server, { user, password: fields.password });
  videoId = dataOf(await sendVideo(server, account.accessToken), 201)._id;
  dataOf(await sendFile(server, account, 'picture.png'), 201);
  before = await localFiles(server);
});
afterEach(async () => {
  jest.restoreAllMocks();
  // Whatever a test leaves, the next one begins as the first did.
  for (const name of await localFiles(server)) {
    if (!before.includes(name)) await store.remove({ publicId: name });
  }
});
afterAll(() => server.stop());

interface Choice {
  fix?: boolean;
  /** In milliseconds. */
  age?: number;
  mediaStore?: MediaStore;
  allowMost?: boolean;
}

/** Files of any age count, unless told otherwise. */
async function reconcile({ fix = false, age = -1000, mediaStore = store, ...rest }: Choice = {}) {
  const findings: MediaFinding[] = [];
  const olderThan = new Date(Date.now() - age);
  const options = { config: server.config, mediaStore, olderThan, fix, allowMost: false, ...rest };
  const report = await reconcileMedia(options, (finding) => findings.push(finding));
  return { report, findings, names: findings.map(nameOf).sort() };
}

const nameOf = (finding: MediaFinding): string =>
  'name' in finding ? finding.name : finding.publicId;

/** Puts a file into the store that nothing refers to. @returns its name */
async function strayPicture(): Promise<string> {
  const { publicId } = store.plan({ kind: 'image', extension: 'png' });
  await mkdir(path.join(store.root, path.dirname(publicId)), { recursive: true });
  await writeFile(path.join(store.root, publicId), 'x');
  return publicId;
}

/** A store whose list does something when it has come to its end. */
function storeThatListsAndThen(act: () => Promise<unknown>): MediaStore {
  const list = async function* (): AsyncGenerator<ListedAsset> {
    yield* store.list();
    await act();
  };
  return { ...stubOf(store), list };
}

const stubOf = (real: LocalStore): MediaStore => ({
  kind: real.kind,
  makesThumbnails: false,
  plan: (file) => real.plan(file),
  store: (file, options) => real.store(file, options),
  remove: (asset) => real.remove(asset),
  check: () => real.check(),
  list: () => real.list(),
  has: (asset) => real.has(asset),
});

describe('reconcileMedia', () => {
  test('when the product itself has stored the files, finds nothing and removes nothing', async () => {
    const { report, findings } = await reconcile({ fix: true });

    expect(findings).toEqual([]);
    // Avatar, cover, video, thumbnail and the account's own file.
    expect(report).toEqual({ stored: 5, references: 5, leftOver: 0, missing: 0 });
    expect(await localFiles(server)).toEqual(before);
  });

  test('when nothing refers to files, renditions or drafts, lists them; with fix, removes these alone', async () => {
    const stray = await strayPicture();
    const renditions = `aa/bb/${'ab'.repeat(16)}`;
    await mkdir(path.join(store.root, renditions), { recursive: true });
    await writeFile(path.join(store.root, renditions, 'index.m3u8'), '#EXTM3U');
    const draft = `aa/bb/${'cd'.repeat(16)}.mp4.part-${'0'.repeat(16)}`;
    await writeFile(path.join(store.root, draft), 'half');

    const listed = await reconcile();
    const stillThere = await localFiles(server);
    const fixed = await reconcile({ fix: true });

    expect(listed.names).toEqual([stray, renditions, draft].sort());
    expect(listed.report).toEqual({ stored: 8, references: 5, leftOver: 3, missing: 0 });
    expect(stillThere).toEqual([...before, stray, renditions, draft].sort());
    expect(fixed.names).toEqual(listed.names);
    expect(await localFiles(server)).toEqual(before);
    expect((await reconcile()).findings).toEqual([]);
  });

  test('when an open job or a removal names the file, leaves it to them', async () => {
    const [ofJob, ofRemoval] = [await strayPicture(), await strayPicture()];
    const ids = { video: new Types.ObjectId(), owner: new Types.ObjectId() };
    const file = {
      field: 'thumbnail' as const,
      name: 'x',
      kind: 'image' as const,
      mimeType: 'image/png',
      extension: 'png',
      bytes: 1000,
      publicId: ofJob,
    };
    // Dead, so that the running server does not take it up.
    await MediaJob.create({ kind: 'publish', ...ids, state: 'dead', files: [file] });
    const assets = [{ publicId: ofRemoval, resourceType: 'image' as const }];
    const leasedUntil = new Date(Date.now() + HOUR_MILLISECONDS);
    await Removal.create({ kind: 'asset', target: ids.video, assets, leasedUntil });

    const whileNamed = await reconcile({ fix: true });
    await Promise.all([MediaJob.deleteMany(ids), Removal.deleteMany({ target: ids.video })]);
    const afterwards = await reconcile();

    expect(whileNamed.findings).toEqual([]);
    expect(afterwards.names).toEqual([ofJob, ofRemoval].sort());
  });

  test('when files are younger than asked, lets them be', async () => {
    const [young, old] = [await strayPicture(), await strayPicture()];
    const now = new Date();
    await utimes(path.join(store.root, young), now, now);
    const then = new Date(Date.now() - 2 * HOUR_MILLISECONDS);
    await utimes(path.join(store.root, old), then, then);

    const { names } = await reconcile({ age: HOUR_MILLISECONDS, fix: true });

    expect(names).toEqual([old]);
    expect(await localFiles(server)).toEqual([...before, young].sort());
  });

  test('when a listed file gets its reference before the second reading, keeps it', async () => {
    const publicId = await strayPicture();
    const mediaStore = storeThatListsAndThen(() =>
      UserFile.create({
        owner: account.user._id,
        asset: {
          url: `/media/${publicId}`,
          publicId,
          resourceType: 'image',
          bytes: 1000,
          format: 'png',
        },
        originalName: 'x',
        mimeType: 'image/png',
        kind: 'image',
      }),
    );

    const { findings } = await reconcile({ mediaStore, fix: true });
    const kept = await localFiles(server);
    await UserFile.deleteOne({ 'asset.publicId': publicId });

    expect(findings).toEqual([]);
    expect(kept).toContain(publicId);
  });

  test('when an intent turns into a reference in the midst of the second reading, keeps the file', async () => {
    const publicId = await strayPicture();
    const asset = {
      url: `/media/${publicId}`,
      publicId,
      resourceType: 'image' as const,
      bytes: 1000,
      format: 'png',
    };
    let intent = new Types.ObjectId();
    const { coverImage } = (await User.findById(account.user._id).lean()) ?? {};
    const mediaStore = storeThatListsAndThen(async () => {
      // Named only now: the first reading has not seen it.
      const leasedUntil = new Date(Date.now() + HOUR_MILLISECONDS);
      const kind = 'asset' as const;
      const removal = { kind, target: intent, assets: [asset], leasedUntil };
      intent = (await Removal.create(removal))._id;
      const find = User.collection.find.bind(User.collection);
      jest.spyOn(User.collection, 'find').mockImplementationOnce((...parameters) => {
        const cursor = find(...parameters);
        const commit = async () => {
          await User.updateOne({ _id: account.user._id }, { $set: { coverImage: asset } });
          await Removal.deleteOne({ _id: intent });
        };
        const read = cursor[Symbol.asyncIterator].bind(cursor);
        cursor[Symbol.asyncIterator] = async function* () {
          await commit();
          yield* { [Symbol.asyncIterator]: read };
        };
        return cursor;
      });
    });

    const { findings } = await reconcile({ mediaStore, fix: true });
    const kept = await localFiles(server);
    const { coverImage: committed } = (await User.findById(account.user._id).lean()) ?? {};
    await User.updateOne({ _id: account.user._id }, { $set: { coverImage } });

    expect(committed?.publicId).toBe(publicId);
    expect(findings).toEqual([]);
    expect(kept).toContain(publicId);
  });

  test('when a file is gone, names the reference and leaves it, also with fix', async () => {
    const video = await Video.findById(videoId).lean();
    const missing = video?.thumbnail?.publicId ?? '';
    await rm(path.join(store.root, missing));

    const { report, findings } = await reconcile({ fix: true });

    expect(report).toMatchObject({ leftOver: 0, missing: 1 });
    expect(findings).toEqual([
      { what: 'missing file', publicId: missing, place: `videos.thumbnail of ${videoId}` },
    ]);
    await writeFile(path.join(store.root, missing), 'again');
  });

  test('when a file comes after the list, or its reference goes, does not call it missing', async () => {
    const name = (byte: string) => `${byte}/${byte}/${byte.repeat(16)}.png`;
    const assetOf = (publicId: string) => ({
      url: `/media/${publicId}`,
      publicId,
      resourceType: 'image' as const,
      bytes: 1,
      format: 'png',
    });
    const late = await seedVideo(account.user._id, {
      videoFile: assetOf(name('1a')),
      thumbnail: undefined,
    });
    const gone = await seedVideo(account.user._id, {
      videoFile: assetOf(name('2b')),
      thumbnail: undefined,
    });
    const mediaStore = {
      ...storeThatListsAndThen(async () => {
        await mkdir(path.join(store.root, '1a/1a'), { recursive: true });
        await writeFile(path.join(store.root, name('1a')), 'x');
      }),
      has: async (asset: { publicId: string }) => {
        await Video.deleteOne({ _id: gone });
        return store.has(asset);
      },
    };

    const { findings } = await reconcile({ mediaStore });
    await Video.deleteOne({ _id: late });

    expect(findings).toEqual([]);
  });

  test('when most files are strange to the database, refuses to remove them unasked', async () => {
    for (let count = 0; count <= 100; count += 1) await strayPicture();

    await expect(reconcile({ fix: true })).rejects.toThrow(
      /^101 of 106 stored files are unknown to this database; is it the right one\?/,
    );
    expect(await localFiles(server)).toHaveLength(106);

    await reconcile({ fix: true, allowMost: true });
    expect(await localFiles(server)).toEqual(before);
  });

  test('when temporary files and uploads are nobody’s, lists them; with fix, removes these alone', async () => {
    const spool = await readSpoolId(server.dataDir);
    const living = process.ppid;
    const dead = `${DEAD_PROCESS}-${hostMark()}`;
    const stray = [`upload-${dead}-${UNIQUE}`, `job-${dead}-${spool}-${UNIQUE}`];
    const kept = [
      `upload-${living}-${hostMark()}-${UNIQUE}`,
      `job-${dead}-${'0'.repeat(32)}-${UNIQUE}`,
    ];
    for (const name of [...stray, ...kept]) await writeFile(path.join(server.tempDir, name), 'x');
    const upload = new Types.ObjectId().toString();
    await writeFile(path.join(server.config.uploadsDir, upload), 'x');

    const young = await reconcile({ age: HOUR_MILLISECONDS });
    const { names } = await reconcile({ fix: true });

    expect(young.findings).toEqual([]);
    expect(names).toEqual([...stray, upload].sort());
    expect((await readdir(server.tempDir)).sort()).toEqual(kept.sort());
    expect(await readdir(server.config.uploadsDir)).toEqual([]);
    for (const name of kept) await rm(path.join(server.tempDir, name));
  });
});

test('reconcileMedia, when the files are at Cloudinary, removes what is nobody’s by its type', async () => {
  const stub = await startCloudinaryStub();
  const logger = pino({ level: 'silent' });
  const mediaStore = new CloudinaryStore({ config: stub.account, agent: stub.agent, logger });
  const facts = { extension: 'mp4', bytes: 100, width: 64, height: 64, durationSeconds: 5 };
  const video = { kind: 'video' as const, mimeType: 'video/mp4', path: fixture('clip.mp4') };
  const referred = await mediaStore.store({ ...video, ...facts });
  const stray = await mediaStore.store({ ...video, ...facts });
  const lost = { ...referred, publicId: 'videotube/lost' };
  const ids = [
    await seedVideo(account.user._id, { videoFile: referred, thumbnail: undefined }),
    await seedVideo(account.user._id, {
      videoFile: lost,
      thumbnail: foreignAsset('https://elsewhere.example/picture.jpg', 'image'),
    }),
  ];

  const { findings, report } = await reconcile({ mediaStore, fix: true });
  const left = stub.assets.map(({ publicId }) => publicId);
  await Video.deleteMany({ _id: { $in: ids } });
  await stub.stop();

  // The local store's references are not Cloudinary's, nor are those to what others keep.
  expect(report).toEqual({ stored: 2, references: 2, leftOver: 1, missing: 1 });
  expect(findings.map(nameOf)).toEqual([stray.publicId, 'videotube/lost']);
  expect(left).toEqual([referred.publicId]);
});
