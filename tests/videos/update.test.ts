import mongoose from 'mongoose';
import { Removal } from '../../src/models/removal.model';
import { Video } from '../../src/models/video.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { fixture, sha256 } from '../helpers/fixtures';
import { expectNoTempFiles, localFiles, sendVideo } from '../helpers/media-audit';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  bob = await registerAndLogin(server);
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => server.stop());

const patch = (videoId: string, { accessToken } = ada) =>
  server.api().patch(`/api/v1/videos/${videoId}`).set(bearer(accessToken));
const read = async (videoId: string, { accessToken } = ada) =>
  dataOf(await server.api().get(`/api/v1/videos/${videoId}`).set(bearer(accessToken)));
const titlesOf = async (query: string): Promise<string[]> => {
  const page = dataOf(await server.api().get(`/api/v1/videos?${query}`));
  return page.docs.map(({ title }: { title: string }) => title);
};
const suggest = async (query: string): Promise<string[]> =>
  dataOf(await server.api().get('/api/v1/search/suggestions').query({ query }));
const publish = async (): Promise<{ _id: string; videoFile: string; thumbnail: string }> =>
  dataOf(await sendVideo(server, ada.accessToken), 201);
const hashOf = async (url: string) => sha256(Buffer.from(await (await fetch(url)).arrayBuffer()));

describe('PATCH /videos/:videoId, texts', () => {
  test('PATCH /videos/:videoId, when every text is sent, changes all and answers the video', async () => {
    const videoId = await seedVideo(ada.user._id, { title: 'Before', likesCount: 3 });
    const before = await read(videoId);

    const changed = dataOf(
      await patch(videoId).send({
        title: '  After ',
        description: 'New words',
        tags: ['Blue', 'blue', 'Blue'],
        category: 'Music',
      }),
    );

    const { subscribersCount, isSubscribed, ...owner } = before.owner;
    const { isLiked, progress, hlsStatus, ...listed } = before;
    expect(changed).toEqual({
      ...listed,
      owner,
      title: 'After',
      description: 'New words',
      tags: ['Blue', 'blue'],
      category: 'Music',
      updatedAt: expect.any(String),
    });
    expect(changed.updatedAt > before.updatedAt).toBe(true);
    expect(await read(videoId)).toMatchObject(changed);
    expect([subscribersCount, isSubscribed, isLiked, progress]).toEqual([0, false, false, 0]);
    expect(hlsStatus).toBe('unavailable');
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['title', { title: 'New' }, { title: 'New', description: 'd', tags: ['t'], category: 'c' }],
    ['description', { description: '' }, { title: 'Old', description: '', tags: ['t'] }],
    ['tags', { tags: [] }, { title: 'Old', description: 'd', tags: [], category: 'c' }],
    ['category', { category: '' }, { title: 'Old', tags: ['t'], category: '' }],
  ])(
    'PATCH /videos/:videoId, when only %s is sent, leaves the rest alone',
    async (_field, change, expected) => {
      const fields = { title: 'Old', description: 'd', tags: ['t'], category: 'c' };
      const videoId = await seedVideo(ada.user._id, fields);

      dataOf(await patch(videoId).send(change));

      expect(await read(videoId)).toMatchObject(expected);
    },
  );

  test('PATCH /videos/:videoId, when the texts come as a form, changes them', async () => {
    const [urlencoded, multipart] = [await seedVideo(ada.user._id), await seedVideo(ada.user._id)];

    dataOf(await patch(urlencoded).type('form').send({ title: 'By form', tags: 'a, b' }));
    dataOf(await patch(multipart).field('title', 'By parts').field('tags', '["a","b"]'));

    expect(await read(urlencoded)).toMatchObject({ title: 'By form', tags: ['a', 'b'] });
    expect(await read(multipart)).toMatchObject({ title: 'By parts', tags: ['a', 'b'] });
  });

  test('PATCH /videos/:videoId, when texts are emoji or right to left, keeps every sign', async () => {
    const videoId = await seedVideo(ada.user._id);
    const texts = { title: '🎬 עברית العربية 👩‍👩‍👧', description: '‮x', tags: ['🎵', 'שיר'] };

    dataOf(await patch(videoId).send(texts));

    expect(await read(videoId)).toMatchObject(texts);
    expect(await titlesOf(`tag=${encodeURIComponent('🎵')}`)).toEqual([texts.title]);
  });

  test('PATCH /videos/:videoId, when it is a draft, stays one', async () => {
    const videoId = await seedVideo(ada.user._id, { isPublished: false });

    expect(dataOf(await patch(videoId).send({ title: 'Still a draft' }))).toMatchObject({
      isPublished: false,
      title: 'Still a draft',
    });
  });
});

describe('PATCH /videos/:videoId, what finds the video', () => {
  test('a video, when renamed, is found, suggested and sorted by its new title alone', async () => {
    const channel = await registerAndLogin(server);
    const of = `userId=${channel.user._id}`;
    const renamed = await seedVideo(channel.user._id, { title: 'Aardvarks at dawn' });
    await seedVideo(channel.user._id, { title: 'middle' });
    expect(await titlesOf(`${of}&sortBy=title&sortType=asc`)).toEqual([
      'Aardvarks at dawn',
      'middle',
    ]);

    dataOf(await patch(renamed, channel).send({ title: 'Zebras at dusk' }));

    expect(await titlesOf('query=zebras')).toEqual(['Zebras at dusk']);
    expect(await titlesOf('query=aardvarks')).toEqual([]);
    expect(await suggest('zebr')).toEqual(['Zebras at dusk']);
    expect(await suggest('aardv')).toEqual([]);
    expect(await titlesOf(`${of}&sortBy=title&sortType=asc`)).toEqual(['middle', 'Zebras at dusk']);
  });

  test('a video, when tags and category change, is in the new lists and not in the old', async () => {
    const videoId = await seedVideo(ada.user._id, {
      title: 'Relabelled',
      tags: ['Oldtag'],
      category: 'Oldcategory',
    });

    dataOf(await patch(videoId).send({ tags: ['NewTag'], category: 'NewCategory' }));

    expect(await titlesOf('tag=newtag')).toEqual(['Relabelled']);
    expect(await titlesOf('category=NEWCATEGORY')).toEqual(['Relabelled']);
    expect(await titlesOf('query=newtag')).toEqual(['Relabelled']);
    expect(await suggest('newt')).toEqual(['NewTag']);
    for (const query of ['tag=oldtag', 'category=oldcategory', 'query=oldtag']) {
      expect(await titlesOf(query)).toEqual([]);
    }
    expect(await suggest('oldt')).toEqual([]);
  });
});

describe('PATCH /videos/:videoId, the thumbnail', () => {
  test('PATCH /videos/:videoId, when a thumbnail is sent, serves it and deletes the old file', async () => {
    const video = await publish();
    const before = await localFiles(server);

    const changed = dataOf(
      await patch(video._id)
        .field('title', 'New cover')
        .attach('thumbnail', fixture('picture.png')),
    );

    expect(changed.title).toBe('New cover');
    expect(changed.videoFile).toBe(video.videoFile);
    expect(changed.thumbnail).not.toBe(video.thumbnail);
    expect(await hashOf(changed.thumbnail)).toBe(sha256('picture.png'));
    expect((await fetch(video.thumbnail)).status).toBe(404);
    expect(await localFiles(server)).toHaveLength(before.length);
    expect(await Removal.countDocuments({ target: video._id })).toBe(0);
    await expectNoTempFiles(server);
  });

  test('PATCH /videos/:videoId, when only a thumbnail is sent, changes nothing else', async () => {
    const video = await publish();

    const changed = dataOf(await patch(video._id).attach('thumbnail', fixture('picture.png')));

    expect(changed).toEqual({
      ...video,
      thumbnail: expect.not.stringMatching(video.thumbnail),
      updatedAt: expect.any(String),
    });
  });

  test('PATCH /videos/:videoId, when three thumbnails race, keeps the file of the last alone', async () => {
    const video = await publish();
    const before = await localFiles(server);

    const answers = await Promise.all(
      ['picture.png', 'picture.jpg', 'picture.webp'].map((picture) =>
        patch(video._id).attach('thumbnail', fixture(picture)),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await localFiles(server)).toHaveLength(before.length);
    expect((await fetch((await read(video._id)).thumbnail)).status).toBe(200);
  });

  test('PATCH /videos/:videoId, when the change cannot be committed, keeps the old thumbnail only', async () => {
    const video = await publish();
    const before = await localFiles(server);
    jest.spyOn(mongoose.connection, 'transaction').mockRejectedValue(new Error('no commit today'));

    const answer = await patch(video._id)
      .field('title', 'Lost')
      .attach('thumbnail', fixture('picture.png'));
    jest.restoreAllMocks();

    expectFailure(answer, 500, 'INTERNAL_ERROR');
    expect(await localFiles(server)).toEqual(before);
    expect(await read(video._id)).toMatchObject({ title: 'A clip', thumbnail: video.thumbnail });
    await expectNoTempFiles(server);
  });

  test('PATCH /videos/:videoId, when clearing up fails after the commit, keeps the new thumbnail', async () => {
    const video = await publish();
    jest.spyOn(Removal, 'findById').mockImplementation(() => {
      throw new Error('away');
    });

    const changed = dataOf(await patch(video._id).attach('thumbnail', fixture('picture.png')));

    expect(await hashOf(changed.thumbnail)).toBe(sha256('picture.png'));
    expect(await Removal.countDocuments({ target: video._id, kind: 'asset' })).toBe(1);
  });
});

describe('PATCH /videos/:videoId, whose it is', () => {
  test('PATCH /videos/:videoId, when it is another’s, answers 403 and changes and keeps nothing', async () => {
    const video = await publish();
    const before = await localFiles(server);

    const answer = await patch(video._id, bob)
      .field('title', 'Mine now')
      .attach('thumbnail', fixture('picture.png'));

    expectFailure(answer, 403, 'FORBIDDEN');
    expect(await read(video._id)).toMatchObject({ title: 'A clip', thumbnail: video.thumbnail });
    expect(await localFiles(server)).toEqual(before);
    await expectNoTempFiles(server);
  });

  test('PATCH /videos/:videoId, when it is another’s draft, answers 404 as if there were none', async () => {
    const videoId = await seedVideo(ada.user._id, { isPublished: false, title: 'Secret' });

    expectFailure(await patch(videoId, bob).send({ title: 'x' }), 404, 'VIDEO_NOT_FOUND');

    expect((await Video.findById(videoId).lean())?.title).toBe('Secret');
  });
});

coversBehaviour('PATCH /api/v1/videos/:videoId');
