import { Playlist } from '../../src/models/playlist.model';
import { Video } from '../../src/models/video.model';
import { registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { playlistCalls, type PlaylistView } from '../helpers/playlists';
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
afterAll(() => server.stop());

const { call, make, read } = playlistCalls(() => server);
const storedOf = (id: string) => Playlist.findById(id).lean();

describe('POST /playlist', () => {
  test('create, when name, description and visibility are sent, answers 201 with the empty playlist', async () => {
    const body = { name: '  Sunday  ', description: 'Quiet ones', isPublic: false };

    const answer = await call('post', '', ada).send(body);

    const playlist: PlaylistView = dataOf(answer, 201);
    expect(playlist).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      name: 'Sunday',
      description: 'Quiet ones',
      isPublic: false,
      owner: {
        _id: ada.user._id,
        username: ada.user.username,
        fullName: ada.user.fullName,
        avatar: ada.user.avatar,
      },
      videos: [],
      totalVideos: 0,
      totalViews: 0,
      thumbnail: '',
      createdAt: expect.any(String),
      updatedAt: playlist.createdAt,
    });
    expect(answer.headers.location).toBe(`/api/v1/playlist/${playlist._id}`);
    expect(await read(playlist._id, ada)).toEqual(playlist);
  });

  test('create, when only a name is sent, makes a public playlist without a description', async () => {
    const { _id } = await make(ada, { name: 'Only a name' });

    expect(await read(_id)).toMatchObject({ description: '', isPublic: true });
  });

  test.each(['urlencoded', 'multipart'])(
    'create, when the fields come as a %s form, takes them',
    async (form) => {
      const request = call('post', '', ada);
      const answer =
        form === 'multipart'
          ? await request.field('name', 'A form').field('isPublic', 'false')
          : await request.type('form').send({ name: 'A form', isPublic: 'false' });

      expect(dataOf(answer, 201)).toMatchObject({ name: 'A form', isPublic: false });
    },
  );

  test('create, when texts hold emoji and right-to-left script, keeps them as they are', async () => {
    const fields = { name: '👩‍💻 قائمة التشغيل', description: 'שלום 🌍\nline two' };

    const { _id } = await make(ada, fields);

    expect(await read(_id)).toMatchObject(fields);
  });
});

describe('GET /playlist/:playlistId', () => {
  test('get, when it is public, shows it to guests and strangers alike', async () => {
    const videoId = await seedVideo(bob.user._id, { views: 7 });
    const made = await make(ada, {}, [videoId]);

    for (const viewer of [undefined, bob, ada]) {
      expect(await read(made._id, viewer)).toEqual(made);
    }
    expect(made).toMatchObject({
      videos: [{ _id: videoId, owner: { _id: bob.user._id, username: bob.user.username } }],
      totalVideos: 1,
      totalViews: 7,
      thumbnail: `${server.url}/media/images/seeded.jpg`,
    });
  });

  test('get, when it is private, is 404 for all but its owner', async () => {
    const { _id } = await make(ada, { isPublic: false });

    for (const viewer of [undefined, bob]) {
      expectFailure(await call('get', `/${_id}`, viewer), 404, 'PLAYLIST_NOT_FOUND');
    }
    expect(await read(_id, ada)).toMatchObject({ isPublic: false });
  });

  test('get, when it is asked for under /playlists, is the same', async () => {
    const made = await make(ada);

    const answer = await server.api().get(`/api/v1/playlists/${made._id}`);

    expect(dataOf(answer)).toEqual(made);
  });

  test('get, when the account of a video is gone, shows the video without an owner', async () => {
    const videoId = await seedVideo(bob.user._id);
    const { _id } = await make(ada, {}, [videoId]);

    await Video.updateOne({ _id: videoId }, { owner: '64b000000000000000000001' });

    expect(await read(_id)).toMatchObject({ videos: [{ _id: videoId, owner: null }] });
  });
});

describe('PATCH /playlist/:playlistId', () => {
  test.each([
    ['name', { name: 'Renamed' }],
    ['description', { description: 'Described' }],
    ['an empty description', { description: '' }],
    ['visibility', { isPublic: false }],
    ['all of them', { name: 'New', description: 'Newer', isPublic: false }],
  ])('update, when %s is sent, changes that and nothing else', async (_what, changes) => {
    const before = await make(ada, { name: 'Before', description: 'As it was' });

    const after = dataOf(await call('patch', `/${before._id}`, ada).send(changes));

    expect(after).toEqual({ ...before, ...changes, updatedAt: expect.any(String) });
    expect(Date.parse(after.updatedAt)).toBeGreaterThan(Date.parse(before.updatedAt));
    expect(await read(before._id, ada)).toEqual(after);
  });

  test('update, when it is another’s, is 403 while public, 404 while private, and changes nothing', async () => {
    for (const [isPublic, status, code] of [
      [true, 403, 'FORBIDDEN'],
      [false, 404, 'PLAYLIST_NOT_FOUND'],
    ] as const) {
      const { _id } = await make(ada, { isPublic });
      const before = await storedOf(_id);

      const answer = await call('patch', `/${_id}`, bob).send({ name: 'Mine now' });

      expectFailure(answer, status, code);
      expect(await storedOf(_id)).toEqual(before);
    }
  });
});

describe('DELETE /playlist/:playlistId', () => {
  test('delete, when it is one’s own, removes it and a second time is 404', async () => {
    const { _id } = await make(ada);

    expect(dataOf(await call('delete', `/${_id}`, ada))).toEqual({});

    expect(await storedOf(_id)).toBeNull();
    expectFailure(await call('get', `/${_id}`, ada), 404, 'PLAYLIST_NOT_FOUND');
    expectFailure(await call('delete', `/${_id}`, ada), 404, 'PLAYLIST_NOT_FOUND');
  });

  test('delete, when it is another’s, is 403 while public, 404 while private, and removes nothing', async () => {
    for (const [isPublic, status, code] of [
      [true, 403, 'FORBIDDEN'],
      [false, 404, 'PLAYLIST_NOT_FOUND'],
    ] as const) {
      const { _id } = await make(ada, { isPublic });

      expectFailure(await call('delete', `/${_id}`, bob), status, code);

      expect(await storedOf(_id)).not.toBeNull();
    }
  });
});

describe('GET /playlist/user/:userId', () => {
  const namesOf = (playlists: PlaylistView[]) => playlists.map(({ name }) => name);

  test('list, when read by others, is the public ones, newest first; the owner sees all', async () => {
    const carl = await registerAndLogin(server);
    await make(carl, { name: 'first' });
    await make(carl, { name: 'second', isPublic: false });
    await make(carl, { name: 'third' });

    for (const viewer of [undefined, bob]) {
      const answer = await call('get', `/user/${carl.user._id}`, viewer);
      expect(namesOf(dataOf(answer))).toEqual(['third', 'first']);
    }
    const own = await call('get', `/user/${carl.user._id}`, carl);
    expect(namesOf(dataOf(own))).toEqual(['third', 'second', 'first']);
    expect(own.body.pagination).toEqual({ limit: 20, hasNextPage: false, nextCursor: null });
  });

  test('list, when a person has none, is empty', async () => {
    const carl = await registerAndLogin(server);

    expect(dataOf(await call('get', `/user/${carl.user._id}`))).toEqual([]);
  });

  test('list, when shown, has each playlist just as it is by itself', async () => {
    const carl = await registerAndLogin(server);
    const videos = [await seedVideo(ada.user._id), await seedVideo(bob.user._id)];
    const made = await make(carl, {}, videos);

    expect(dataOf(await call('get', `/user/${carl.user._id}`))).toEqual([made]);
  });

  test('list, when walked by cursor while playlists are made, shows each old one once', async () => {
    const carl = await registerAndLogin(server);
    for (const name of ['one', 'two', 'three', 'four', 'five']) await make(carl, { name });

    const seen: string[] = [];
    let cursor = '';
    do {
      const query = `limit=2${cursor && `&cursor=${cursor}`}`;
      const answer = await call('get', `/user/${carl.user._id}?${query}`);
      seen.push(...namesOf(dataOf(answer)));
      cursor = answer.body.pagination.nextCursor ?? '';
      await make(carl, { name: 'late' });
    } while (cursor);

    expect(seen).toEqual(['five', 'four', 'three', 'two', 'one']);
  });

  test('list, when walked by page, shows each once and says where it ends', async () => {
    const carl = await registerAndLogin(server);
    for (const name of ['one', 'two', 'three']) await make(carl, { name });

    const pages = [];
    for (const page of [1, 2, 3]) {
      const answer = await call('get', `/user/${carl.user._id}?limit=2&page=${page}`);
      pages.push([namesOf(dataOf(answer)), answer.body.pagination.hasNextPage]);
    }

    expect(pages).toEqual([
      [['three', 'two'], true],
      [['one'], false],
      [[], false],
    ]);
  });
});

coversBehaviour('POST /api/v1/playlist');
coversBehaviour('GET /api/v1/playlist/:playlistId');
coversBehaviour('PATCH /api/v1/playlist/:playlistId');
coversBehaviour('DELETE /api/v1/playlist/:playlistId');
coversBehaviour('GET /api/v1/playlist/user/:userId');
