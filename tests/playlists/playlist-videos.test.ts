import { PLAYLIST_MAX_VIDEOS } from '../../src/constants';
import { Playlist } from '../../src/models/playlist.model';
import { Video } from '../../src/models/video.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { idsOf, playlistCalls, type PlaylistView } from '../helpers/playlists';
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
afterAll(() => server.stop());

const { call, make, add, remove, read } = playlistCalls(() => server);

/** The ids that are stored, whoever may see the videos. */
async function storedIds(playlistId: string): Promise<string[]> {
  const playlist = await Playlist.findById(playlistId).orFail().lean();
  return playlist.videos.map((id) => id.toString());
}

async function seedVideos(count: number, owner = bob): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    ids.push(await seedVideo(owner.user._id, { title: `Video ${index}`, views: 10 }));
  }
  return ids;
}

describe('PATCH /playlist/add/:videoId/:playlistId', () => {
  test('add, when videos come in some order, keeps that order', async () => {
    const [a = '', b = '', c = ''] = await seedVideos(3);

    const { _id } = await make(ada, {}, [b, c, a]);

    const playlist = await read(_id);
    expect(idsOf(playlist)).toEqual([b, c, a]);
    expect(playlist).toMatchObject({ totalVideos: 3, totalViews: 30 });
  });

  test('add, when the video is in it already, changes nothing and succeeds', async () => {
    const videos = await seedVideos(2);
    const before = await make(ada, {}, videos);

    const answer = await add(videos[0]!, before._id, ada);

    expect(dataOf(answer)).toEqual(before);
    expect(await storedIds(before._id)).toEqual(videos);
  });

  test('add, when fifty requests add the same video, adds it once', async () => {
    const [videoId = ''] = await seedVideos(1);
    const { _id } = await make(ada);

    const answers = await Promise.all(Array.from({ length: 50 }, () => add(videoId, _id, ada)));

    for (const answer of answers) expect(idsOf(dataOf(answer))).toEqual([videoId]);
    expect(await storedIds(_id)).toEqual([videoId]);
  });

  test('add, when fifty requests add fifty videos, adds each once', async () => {
    const videos = await seedVideos(50);
    const { _id } = await make(ada);

    const answers = await Promise.all(videos.map((videoId) => add(videoId, _id, ada)));

    expect(answers.map(({ status }) => status)).toEqual(videos.map(() => 200));
    expect((await storedIds(_id)).sort()).toEqual([...videos].sort());
  });

  test('add, when there is room for two more, lets two of ten in and tells the others', async () => {
    const { _id } = await make(ada);
    const fillers = Array.from({ length: PLAYLIST_MAX_VIDEOS - 2 }, () => absentId());
    await Playlist.updateOne({ _id }, { videos: fillers });
    const videos = await seedVideos(10);

    const answers = await Promise.all(videos.map((videoId) => add(videoId, _id, ada)));

    const refused = answers.filter(({ status }) => status !== 200);
    expect(refused).toHaveLength(8);
    for (const answer of refused) expectFailure(answer, 409, 'PLAYLIST_FULL');
    const stored = await storedIds(_id);
    expect(stored).toHaveLength(500);
    expect(stored.slice(0, 498)).toEqual(fillers);
  });

  test('add, when the list is full, still takes a video that is in it', async () => {
    const [videoId = ''] = await seedVideos(1);
    const { _id } = await make(ada, {}, [videoId]);
    const videos = [videoId, ...Array.from({ length: PLAYLIST_MAX_VIDEOS - 1 }, () => absentId())];
    await Playlist.updateOne({ _id }, { videos });

    expect(idsOf(dataOf(await add(videoId, _id, ada)))).toEqual([videoId]);
    expect(await storedIds(_id)).toEqual(videos);
  });

  test('add, when the video is another’s draft, is 404; one’s own draft is taken', async () => {
    const draft = await seedVideo(bob.user._id, { isPublished: false });
    const own = await seedVideo(ada.user._id, { isPublished: false });
    const { _id } = await make(ada);

    expectFailure(await add(draft, _id, ada), 404, 'VIDEO_NOT_FOUND');
    expect(idsOf(dataOf(await add(own, _id, ada)))).toEqual([own]);

    expect(await storedIds(_id)).toEqual([own]);
    expect(await read(_id, bob)).toMatchObject({ videos: [], totalVideos: 0, thumbnail: '' });
  });

  test('add, when the playlist is another’s, is 403 while public, 404 while private', async () => {
    const [videoId = ''] = await seedVideos(1);
    for (const [isPublic, status, code] of [
      [true, 403, 'FORBIDDEN'],
      [false, 404, 'PLAYLIST_NOT_FOUND'],
    ] as const) {
      const { _id } = await make(ada, { isPublic });

      expectFailure(await add(videoId, _id, bob), status, code);

      expect(await storedIds(_id)).toEqual([]);
    }
  });
});

describe('PATCH /playlist/remove/:videoId/:playlistId', () => {
  test('remove, when the video is in it, takes it out and keeps the order of the others', async () => {
    const [a = '', b = '', c = ''] = await seedVideos(3);
    const { _id } = await make(ada, {}, [a, b, c]);

    const answer = await remove(b, _id, ada);

    expect(idsOf(dataOf(answer))).toEqual([a, c]);
    expect(await read(_id)).toMatchObject({ totalVideos: 2, totalViews: 20 });
  });

  test('remove, when the video is not in it or does not exist, changes nothing and succeeds', async () => {
    const [a = '', b = ''] = await seedVideos(2);
    const before = await make(ada, {}, [a]);

    for (const id of [b, absentId()]) {
      expect(dataOf(await remove(id, before._id, ada))).toEqual(before);
    }
  });

  test('remove, when the video was hidden meanwhile, still takes it out', async () => {
    const [a = ''] = await seedVideos(1);
    const { _id } = await make(ada, {}, [a]);
    await Video.updateOne({ _id: a }, { isPublished: false });

    dataOf(await remove(a, _id, ada));

    expect(await storedIds(_id)).toEqual([]);
  });

  test('remove, when the playlist is another’s, is 403 while public, 404 while private', async () => {
    const videos = await seedVideos(1);
    for (const [isPublic, status, code] of [
      [true, 403, 'FORBIDDEN'],
      [false, 404, 'PLAYLIST_NOT_FOUND'],
    ] as const) {
      const { _id } = await make(ada, { isPublic }, videos);

      expectFailure(await remove(videos[0]!, _id, bob), status, code);

      expect(await storedIds(_id)).toEqual(videos);
    }
  });

  test('remove and add, when they race, leave each video at most once', async () => {
    const [a = '', b = ''] = await seedVideos(2);
    const { _id } = await make(ada, {}, [a]);

    await Promise.all(
      Array.from({ length: 20 }, (_value, index) =>
        index % 2 ? add(index % 4 === 1 ? a : b, _id, ada) : remove(a, _id, ada),
      ),
    );

    const stored = await storedIds(_id);
    expect(new Set(stored).size).toBe(stored.length);
    expect(stored).toContain(b);
  });
});

describe('videos that come and go', () => {
  test('a video, when hidden, leaves list and totals for all but its owner, and comes back where it was', async () => {
    const [a = '', b = '', c = ''] = await seedVideos(3);
    const made = await make(ada, {}, [a, b, c]);
    const hide = () =>
      server.api().patch(`/api/v1/videos/toggle/publish/${b}`).set(bearer(bob.accessToken));
    dataOf(await hide());

    for (const viewer of [undefined, ada]) {
      const alone = await read(made._id, viewer);
      const [listed]: PlaylistView[] = dataOf(await call('get', `/user/${ada.user._id}`, viewer));
      const changed = dataOf(await call('patch', `/${made._id}`, ada).send({ name: 'A playlist' }));
      for (const playlist of [alone, listed!, changed]) {
        expect(idsOf(playlist)).toEqual([a, c]);
        expect(playlist).toMatchObject({ totalVideos: 2, totalViews: 20 });
      }
    }
    expect(idsOf(await read(made._id, bob))).toEqual([a, b, c]);

    dataOf(await hide());
    expect(await read(made._id)).toMatchObject({ totalVideos: 3, totalViews: 30 });
    expect(idsOf(await read(made._id))).toEqual([a, b, c]);
  });

  test('the first video, when hidden, gives the picture to the next one', async () => {
    const picture = (name: string) => ({
      url: `/media/images/${name}.jpg`,
      publicId: name,
      resourceType: 'image' as const,
      bytes: 1,
      format: 'jpg',
    });
    const first = await seedVideo(bob.user._id, { thumbnail: picture('first') });
    const second = await seedVideo(bob.user._id, { thumbnail: picture('second') });
    const { _id, thumbnail } = await make(ada, {}, [first, second]);
    expect(thumbnail).toBe(`${server.url}/media/images/first.jpg`);

    await Video.updateOne({ _id: first }, { isPublished: false });

    expect((await read(_id)).thumbnail).toBe(`${server.url}/media/images/second.jpg`);
  });

  test('a video, when deleted, leaves the playlist without calling it edited', async () => {
    const [a = '', b = ''] = await seedVideos(2);
    const made = await make(ada, {}, [a, b]);

    dataOf(await server.api().delete(`/api/v1/videos/${a}`).set(bearer(bob.accessToken)));

    expect(await storedIds(made._id)).toEqual([b]);
    expect(await read(made._id)).toMatchObject({ totalVideos: 1, updatedAt: made.updatedAt });
  });

  test('a view, when it was just counted, is in the total at once', async () => {
    const [a = ''] = await seedVideos(1);
    const { _id } = await make(ada, {}, [a]);

    dataOf(await server.api().get(`/api/v1/videos/${a}`).set(bearer(ada.accessToken)));

    expect(await read(_id)).toMatchObject({ videos: [{ views: 11 }], totalViews: 11 });
  });
});

coversBehaviour('PATCH /api/v1/playlist/add/:videoId/:playlistId');
coversBehaviour('PATCH /api/v1/playlist/remove/:videoId/:playlistId');
