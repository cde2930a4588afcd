import mongoose, { mongo, Types } from 'mongoose';
import { MAX_PAGED_ROWS } from '../../src/constants';
import { driverCollection } from '../../src/db/driver-collection';
import { runInTransaction } from '../../src/db/run-in-transaction';
import { MediaJob } from '../../src/models/media-job.model';
import { User } from '../../src/models/user.model';
import { VideoTally } from '../../src/models/video-tally.model';
import { Video } from '../../src/models/video.model';
import { moveVideoTotals, type VideoSteps } from '../../src/services/video-totals.service';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { sendVideo } from '../helpers/media-audit';
import { startCountingServer, type CountingServer } from '../helpers/round-trips';
import { seedVideo } from '../helpers/videos';

const FILES = { videoFile: 'clip.mp4', thumbnail: 'picture.jpg' };

let server: CountingServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
beforeAll(async () => {
  server = await startCountingServer({ jobTimes: { poll: 100 } });
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
});
beforeEach(async () => {
  await Promise.all([Video.deleteMany(), VideoTally.deleteMany()]);
  await User.updateMany(
    {},
    { $set: { videosCount: 0, allVideosCount: 0 }, $unset: { suspendedAt: true } },
  );
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const publish = ({ accessToken }: SignedInAccount, isPublished = true) =>
  sendVideo(server, accessToken, FILES, { title: 'A clip', isPublished: String(isPublished) });
const list = async (query: string, viewer?: SignedInAccount) => {
  const asked = server.api().get(`/api/v1/videos?${query}`);
  return dataOf(await (viewer ? asked.set(bearer(viewer.accessToken)) : asked));
};
/** With two rows a page, so that the total is more than the rows in sight. */
const total = async (query = '', viewer?: SignedInAccount) =>
  (await list(`limit=2&${query}`, viewer)).totalDocs;

function pretendThereAreNoTransactions(): void {
  const message = 'Transaction numbers are only allowed on a replica set member or mongos';
  jest
    .spyOn(mongoose.connection, 'transaction')
    .mockRejectedValue(new mongo.MongoServerError({ message, code: 20 }));
}

/** What is stored, beside what there is. */
async function storedTotals() {
  const tallies = await VideoTally.find().lean();
  const users = await User.find().lean();
  const sum = (values: number[]) => values.reduce((left, right) => left + right, 0);
  return {
    tallies: sum(tallies.map(({ published }) => published)),
    videosCounts: sum(users.map(({ videosCount }) => videosCount)),
    allVideosCounts: sum(users.map(({ allVideosCount }) => allVideosCount)),
    published: await Video.countDocuments({ isPublished: true }),
    all: await Video.countDocuments(),
  };
}

describe('totals of GET /videos, when videos come and go', () => {
  test('GET /videos, when several people publish at once, tells every total exactly', async () => {
    const requests = Array.from({ length: 16 }, (_value, index) =>
      publish(index % 2 === 0 ? ada : bob, index % 4 !== 0),
    );

    const answers = await Promise.all(requests);

    expect(answers.map(({ status }) => status)).toEqual(Array(16).fill(201));
    expect(await storedTotals()).toEqual({
      tallies: 12,
      videosCounts: 12,
      allVideosCounts: 16,
      published: 12,
      all: 16,
    });
    expect(await total()).toBe(12);
    expect(await total(`userId=${ada.user._id}`)).toBe(4);
    expect(await total(`username=${ada.user.username}`, bob)).toBe(4);
    expect(await total(`userId=${ada.user._id}`, ada)).toBe(8);
    expect(await total(`username=${bob.user.username}`, bob)).toBe(8);
  });

  test('the tally, when forty owners publish first videos at once, misses none', async () => {
    await Promise.all(
      Array.from({ length: 40 }, () =>
        runInTransaction((session) =>
          moveVideoTotals(new Types.ObjectId(), { all: 1, published: 1 }, session),
        ),
      ),
    );

    const tallies = await VideoTally.find().lean();
    expect(tallies.map(({ published }) => published).reduce((a, b) => a + b)).toBe(40);
    expect(tallies.map(({ _id }) => _id).sort()).toEqual([...'0123456789abcdef']);
  });

  test.each<[string, VideoSteps, { tally: number; own: number }]>([
    ['hidden', { all: 0, published: -1 }, { tally: 2, own: 3 }],
    ['deleted', { all: -1, published: -1 }, { tally: 2, own: 2 }],
    ['deleted as a draft', { all: -1, published: 0 }, { tally: 3, own: 2 }],
  ])('the totals, when a video is %s, follow', async (_what, steps, expected) => {
    for (let count = 0; count < 3; count += 1) await seedVideo(ada.user._id);

    await moveVideoTotals(new Types.ObjectId(ada.user._id), steps, undefined);

    const stored = await storedTotals();
    expect({ tally: stored.tallies, own: stored.allVideosCounts }).toEqual(expected);
    expect(stored.videosCounts).toBe(expected.tally);
  });

  test('POST /videos, when it cannot be accepted, leaves neither video nor totals', async () => {
    jest.spyOn(driverCollection(User), 'updateOne').mockImplementation(() => {
      throw new Error('no counters today');
    });

    expectFailure(await publish(ada), 500, 'INTERNAL_ERROR');

    expect(await storedTotals()).toMatchObject({ tallies: 0, allVideosCounts: 0, all: 0 });
    expect(await MediaJob.countDocuments()).toBe(0);
  });

  test('POST /videos, when its totals cannot be written, is published once they can', async () => {
    const tally = jest.spyOn(driverCollection(VideoTally), 'updateOne').mockImplementation(() => {
      throw new Error('no tally today');
    });

    const { _id } = dataOf(await publish(ada), 202);

    expect(await storedTotals()).toMatchObject({ tallies: 0, allVideosCounts: 1, published: 0 });
    tally.mockRestore();
    await MediaJob.updateMany({ video: _id }, { $set: { runAt: new Date() } });
    await eventually(async () =>
      expect(await storedTotals()).toMatchObject({ tallies: 1, videosCounts: 1, published: 1 }),
    );
  });

  test('POST /videos, when the database knows no transactions, moves the totals after the row', async () => {
    pretendThereAreNoTransactions();

    const answers = await Promise.all([publish(ada), publish(bob), publish(ada), publish(ada)]);

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(await storedTotals()).toMatchObject({ tallies: 4, videosCounts: 4, all: 4 });
    expect(await total()).toBe(4);
  });

  test('POST /videos, when there are no transactions and its owner is suspended, is never public', async () => {
    pretendThereAreNoTransactions();
    await User.updateOne({ _id: ada.user._id }, { $set: { suspendedAt: new Date() } });
    const accounts = driverCollection(User);
    const count = accounts.updateOne.bind(accounts);
    const move = jest
      .spyOn(accounts, 'updateOne')
      .mockImplementationOnce((...parameters) => count(...parameters))
      .mockRejectedValue(new Error('gone right after the row was written'));

    const { _id } = dataOf(await publish(ada), 201);

    expect(move).toHaveBeenCalledTimes(2);
    expect(await Video.findById(_id).lean()).toMatchObject({ isPublished: false });
  });
});

describe('totals of GET /videos, when nothing stores them', () => {
  test('GET /videos, when a search finds more than pages reach, counts no further', async () => {
    await insertClips(MAX_PAGED_ROWS + 150);

    expect(await list('category=clips&limit=100')).toMatchObject({
      totalDocs: MAX_PAGED_ROWS,
      totalPages: 100,
      hasNextPage: true,
    });
    const deepest = await list('category=clips&limit=100&page=101');
    expect(deepest).toMatchObject({ totalDocs: 10_101, hasNextPage: true, nextPage: 102 });
    expect(await list(`category=clips&limit=100&cursor=${deepest.nextCursor}`)).toMatchObject({
      totalDocs: 10_150,
      page: 102,
      hasNextPage: false,
      nextCursor: null,
    });
  });

  test('GET /videos, when the tallies are absent or wrong, contradicts no page', async () => {
    for (let count = 0; count < 5; count += 1) await seedVideo(ada.user._id);
    await VideoTally.deleteMany();

    expect(await list('limit=2')).toMatchObject({ totalDocs: 3, hasNextPage: true, nextPage: 2 });
    expect(await list('limit=2&page=3')).toMatchObject({ totalDocs: 5, hasNextPage: false });
    await VideoTally.create({ _id: '0', published: 1000 });
    expect(await list('limit=2&page=3')).toMatchObject({ totalDocs: 5, totalPages: 3 });
    expect(await list('limit=2&page=4')).toMatchObject({ docs: [], totalDocs: 6 });
  });
});

describe('the cost of a numbered page', () => {
  test.each([
    ['everybody', '', ['aggregate videos', 'find videotallies']],
    ['a channel', 'username', ['aggregate videos', 'find users']],
  ])('GET /videos, when of %s, reads videos once and counts none', async (_who, name, expected) => {
    await seedVideo(ada.user._id);
    const query = name === '' ? '' : `${name}=${ada.user.username}`;

    const { commands } = await server.countedCall(server.api().get(`/api/v1/videos?${query}`));

    expect(commands.sort()).toEqual(expected);
  });
});

/** Without Mongoose, which takes long over ten thousand. */
async function insertClips(count: number): Promise<void> {
  const asset = { url: '/x', publicId: 'x', bytes: 1, format: 'x', resourceType: 'video' };
  await Video.collection.insertMany(
    Array.from({ length: count }, (_value, index) => ({
      owner: new Types.ObjectId(ada.user._id),
      title: `Clip ${index}`,
      keys: { title: `clip ${index}`, category: 'clips', tags: [] },
      description: '',
      tags: [],
      category: 'clips',
      isPublished: true,
      status: 'ready',
      videoFile: asset,
      duration: 1,
      views: 0,
      likesCount: 0,
      commentsCount: 0,
      createdAt: new Date(Date.UTC(2024, 0, 1, 0, 0, index)),
      updatedAt: new Date(Date.UTC(2024, 0, 1, 0, 0, index)),
    })),
  );
}
