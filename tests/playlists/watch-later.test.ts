import { Playlist } from '../../src/models/playlist.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { idsOf, playlistCalls, type PlaylistView } from '../helpers/playlists';
import { coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let bob: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  bob = await registerAndLogin(server);
});
afterAll(() => server.stop());
beforeEach(async () => {
  ada = await registerAndLogin(server);
});

const { call, make, add, remove, read } = playlistCalls(() => server);
const watchLaterOf = async (account: SignedInAccount): Promise<PlaylistView> =>
  dataOf(await call('get', '/watch-later', account));

describe('GET /playlist/watch-later', () => {
  test('watch later, when first used, is made empty and private, and stays the same one', async () => {
    const first = await watchLaterOf(ada);

    expect(first).toMatchObject({
      name: 'Watch later',
      isPublic: false,
      owner: { _id: ada.user._id },
      videos: [],
      totalVideos: 0,
    });
    expect(await watchLaterOf(ada)).toEqual(first);
    expect(await read(first._id, ada)).toEqual(first);
  });

  test('watch later, when twenty first uses race, is made once', async () => {
    const lists = await Promise.all(Array.from({ length: 20 }, () => watchLaterOf(ada)));

    expect(new Set(lists.map(({ _id }) => _id)).size).toBe(1);
    expect(await Playlist.countDocuments({ owner: ada.user._id })).toBe(1);
  });

  test('watch later, when two people use it, is one for each', async () => {
    expect((await watchLaterOf(ada))._id).not.toBe((await watchLaterOf(bob))._id);
  });

  test('watch later, when videos are added and taken out, holds them in order', async () => {
    const { _id } = await watchLaterOf(ada);
    const a = await seedVideo(bob.user._id);
    const b = await seedVideo(bob.user._id);

    for (const id of [b, a]) dataOf(await add(id, _id, ada));
    expect(idsOf(await watchLaterOf(ada))).toEqual([b, a]);

    dataOf(await remove(b, _id, ada));
    expect(idsOf(await watchLaterOf(ada))).toEqual([a]);
  });

  test('watch later, when asked for by a guest, is 401', async () => {
    expectFailure(await call('get', '/watch-later'), 401, 'UNAUTHENTICATED');
  });

  test('watch later, when asked for under /playlists, is the same', async () => {
    const { _id } = await watchLaterOf(ada);
    const request = server.api().get('/api/v1/playlists/watch-later');

    const answer = await request.set('Authorization', `Bearer ${ada.accessToken}`);

    expect(dataOf(answer)._id).toBe(_id);
  });
});

describe('the list to watch later, as a playlist', () => {
  test.each([{ name: 'Mine' }, { isPublic: true }, { description: 'x' }])(
    'when changed by %j, is 409 and stays as it is',
    async (changes) => {
      const before = await watchLaterOf(ada);

      const answer = await call('patch', `/${before._id}`, ada).send(changes);

      expectFailure(answer, 409, 'PLAYLIST_FIXED');
      expect(await watchLaterOf(ada)).toEqual(before);
    },
  );

  test('when deleted, is 409 and stays', async () => {
    const before = await watchLaterOf(ada);

    expectFailure(await call('delete', `/${before._id}`, ada), 409, 'PLAYLIST_FIXED');

    expect(await watchLaterOf(ada)).toEqual(before);
  });

  test('when another person or a guest reaches for it, is not there', async () => {
    const { _id } = await watchLaterOf(ada);
    const videoId = await seedVideo(bob.user._id);
    const attempts = [
      call('get', `/${_id}`),
      call('get', `/${_id}`, bob),
      call('patch', `/${_id}`, bob).send({ name: 'x' }),
      call('delete', `/${_id}`, bob),
      add(videoId, _id, bob),
      remove(videoId, _id, bob),
    ];

    for (const attempt of attempts) expectFailure(await attempt, 404, 'PLAYLIST_NOT_FOUND');

    expect(await watchLaterOf(ada)).toMatchObject({ totalVideos: 0 });
  });

  test('when playlists are listed, is among nobody’s, not even its owner’s', async () => {
    await watchLaterOf(ada);
    const { _id } = await make(ada);

    for (const viewer of [undefined, bob, ada]) {
      const answer = await call('get', `/user/${ada.user._id}`, viewer);
      expect((dataOf(answer) as PlaylistView[]).map((playlist) => playlist._id)).toEqual([_id]);
    }
  });
});

coversBehaviour('GET /api/v1/playlist/watch-later');
