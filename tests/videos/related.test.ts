import { Types } from 'mongoose';
import { driverCollection } from '../../src/db/driver-collection';
import { Video, type VideoFields } from '../../src/models/video.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId, seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
});
beforeEach(() => Video.deleteMany());
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const related = (videoId: string, query = '') =>
  server.api().get(`/api/v1/videos/${videoId}/related?${query}`);
const titlesOf = (videos: { title: string }[]) => videos.map(({ title }) => title);

describe('GET /videos/:videoId/related', () => {
  test('related videos, when ranked, go by tags, then category and channel, then what is new', async () => {
    const videoId = await seedVideo(ada.user._id, {
      title: 'this one',
      tags: ['Go', 'chess'],
      category: 'Games',
    });
    const seeds: [string, SignedInAccount, string[], string][] = [
      ['unlike, older', bob, [], ''],
      ['two tags', bob, ['GO', 'CHESS'], 'Music'],
      ['category and channel', ada, ['other'], 'games'],
      ['channel', ada, [], 'Music'],
      ['two tags, category and channel', ada, ['chess', 'go', 'x'], 'GAMES'],
      ['one tag', bob, ['go'], ''],
      ['category', bob, [], 'games'],
      ['unlike, newer', bob, [], ''],
    ];
    for (const [title, { user }, tags, category] of seeds) {
      await seedVideo(user._id, { title, tags, category });
    }

    const answer = await related(videoId);

    expect(titlesOf(dataOf(answer))).toEqual([
      'two tags, category and channel',
      'two tags',
      'one tag',
      'category and channel',
      'category',
      'channel',
      'unlike, newer',
      'unlike, older',
    ]);
    expect(answer.body.pagination).toEqual({ limit: 20, hasNextPage: false, nextCursor: null });
  });

  test('related videos, when shown, are videos with their owners like in any list', async () => {
    const videoId = await seedVideo(ada.user._id);
    await seedVideo(bob.user._id, { title: 'Another', tags: ['a'], category: 'c' });

    const [video] = dataOf(await related(videoId));

    const listed = dataOf(await server.api().get(`/api/v1/videos?userId=${bob.user._id}`));
    expect([video]).toEqual(listed.docs);
    expect(video.owner.username).toBe(bob.user.username);
  });

  test('related videos, when paged by cursor or by number, come once each and in order', async () => {
    const videoId = await seedVideo(ada.user._id, { tags: ['a'] });
    for (let index = 0; index < 7; index += 1) {
      await seedVideo(bob.user._id, { title: `v${index}`, tags: index % 2 ? ['a'] : [] });
    }
    const expected = ['v5', 'v3', 'v1', 'v6', 'v4', 'v2', 'v0'];

    const byCursor: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const query = `limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const answer = await related(videoId, query);
      byCursor.push(...titlesOf(dataOf(answer)));
      cursor = answer.body.pagination.nextCursor;
    }
    const byNumber = [];
    for (const page of [1, 2, 3, 4]) {
      byNumber.push(...titlesOf(dataOf(await related(videoId, `limit=3&page=${page}`))));
    }

    expect(byCursor).toEqual(expected);
    expect(byNumber).toEqual(expected);
  });

  test('related videos, when some are hidden, leave them out, for their owner too', async () => {
    const videoId = await seedVideo(ada.user._id);
    await seedVideo(ada.user._id, { title: 'draft', isPublished: false });
    await seedVideo(bob.user._id, { title: 'shown' });

    const asOwner = await related(videoId).set(bearer(ada.accessToken));

    expect(titlesOf(dataOf(await related(videoId)))).toEqual(['shown']);
    expect(titlesOf(dataOf(asOwner))).toEqual(['shown']);
  });

  test('related videos, when the video is hidden, are for its owner alone', async () => {
    const videoId = await seedVideo(ada.user._id, { isPublished: false });
    await seedVideo(bob.user._id, { title: 'shown' });

    const asOwner = await related(videoId).set(bearer(ada.accessToken));

    expect(titlesOf(dataOf(asOwner))).toEqual(['shown']);
    expectFailure(await related(videoId).set(bearer(bob.accessToken)), 404, 'VIDEO_NOT_FOUND');
    expectFailure(await related(videoId), 404, 'VIDEO_NOT_FOUND');
    expectFailure(await related(absentId()), 404, 'VIDEO_NOT_FOUND');
  });

  test('related videos, when one goes between ranking and joining, are the others', async () => {
    const videoId = await seedVideo(ada.user._id);
    const kept = await seedVideo(bob.user._id, { title: 'kept' });
    const shown = (await Video.aggregate([{ $match: { _id: new Types.ObjectId(kept) } }]))[0];
    const ranked = [
      { _id: new Types.ObjectId(), owner: shown.owner, sortValue: 0 },
      { ...shown, owner: undefined, sortValue: 0 },
    ];
    const rows = { toArray: () => Promise.resolve(ranked) };
    jest
      .spyOn(driverCollection<VideoFields>(Video), 'aggregate')
      .mockReturnValueOnce(rows as never);

    const answer = await related(videoId, 'limit=2');

    expect(titlesOf(dataOf(answer))).toEqual(['kept']);
  });

  test('related videos, when it is the only video, are none', async () => {
    expect(dataOf(await related(await seedVideo(ada.user._id)))).toEqual([]);
  });
});

coversBehaviour('GET /api/v1/videos/:videoId/related');
