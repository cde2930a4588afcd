import { Types } from 'mongoose';
import { Playlist } from '../../src/models/playlist.model';
import { arrayPageStages } from '../../src/services/paging/array-page';
import { encodePosition } from '../../src/services/paging/keyset-order';
import { playlistList } from '../../src/services/playlist.service';
import { registerAndLogin } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { playlistCalls } from '../helpers/playlists';
import { costOf } from '../helpers/query-cost';
import { startCountingServer, type CountingServer } from '../helpers/round-trips';
import { seedVideo } from '../helpers/videos';

const LIMIT = 20;
const ROWS = 300;
const owner = new Types.ObjectId();

let server: CountingServer;
beforeAll(async () => {
  server = await startCountingServer();
  await Playlist.insertMany(
    Array.from({ length: ROWS }, (_value, index) => ({
      owner,
      name: `Playlist ${index}`,
      isPublic: index % 3 !== 0,
      createdAt: new Date(Date.UTC(2024, 0, 1, 0, 0, index)),
    })),
  );
});
afterAll(() => server.stop());

describe('the cost of GET /playlist/user/:userId', () => {
  test.each([
    ['its owner', owner],
    ['a guest', undefined],
  ])('a page, when read by %s, reads one page of keys of an index', async (_who, viewer) => {
    const list = playlistList(owner, viewer);
    const row = { _id: new Types.ObjectId(), sortValue: new Date(Date.UTC(2024, 0, 1, 0, 0, 150)) };

    const first = await costOf(Playlist, arrayPageStages(list, { page: 1, limit: LIMIT }));
    const cursor = encodePosition(list.order, row);
    const deep = await costOf(Playlist, arrayPageStages(list, { page: 1, limit: LIMIT, cursor }));

    expect(first).toEqual({
      keys: LIMIT + 1,
      documents: LIMIT + 1,
      stages: ['FETCH', 'IXSCAN', 'LIMIT'],
    });
    // Two ranges are merged, so each may be read one key ahead.
    expect(deep.keys).toBeLessThanOrEqual(LIMIT + 3);
    expect(deep.documents).toBeLessThanOrEqual(LIMIT + 3);
    expect(deep.stages).not.toEqual(expect.arrayContaining(['COLLSCAN']));
    expect(deep.stages).not.toEqual(expect.arrayContaining(['SORT']));
  });
});

describe('round trips', () => {
  const { call } = playlistCalls(() => server);

  test('each route of playlists, when called, stays within its commands', async () => {
    const ada = await registerAndLogin(server);
    const videoId = await seedVideo(ada.user._id);
    const counted = async (
      method: 'get' | 'post' | 'patch' | 'delete',
      address: string,
      body?: object,
    ) => {
      const { answer, commands } = await server.countedCall(call(method, address, ada).send(body));
      return { data: dataOf(answer, method === 'post' ? 201 : 200), commands };
    };

    const made = await counted('post', '', { name: 'A playlist' });
    const { _id } = made.data;

    expect(made.commands).toEqual(['find sessions', 'insert playlists', 'aggregate playlists']);
    const calls: [string, 'get' | 'patch' | 'delete', string, string[]][] = [
      ['get', 'get', `/${_id}`, ['aggregate playlists']],
      ['list', 'get', `/user/${ada.user._id}`, ['find users', 'aggregate playlists']],
      [
        'the first use of watch later',
        'get',
        '/watch-later',
        ['aggregate playlists', 'insert playlists', 'aggregate playlists'],
      ],
      ['watch later', 'get', '/watch-later', ['aggregate playlists']],
      [
        'add',
        'patch',
        `/add/${videoId}/${_id}`,
        ['find videos', 'update playlists', 'aggregate playlists'],
      ],
      ['remove', 'patch', `/remove/${videoId}/${_id}`, ['update playlists', 'aggregate playlists']],
      ['delete', 'delete', `/${_id}`, ['delete playlists']],
    ];
    for (const [what, method, address, expected] of calls) {
      const { commands } = await counted(method, address);
      expect({ what, commands }).toEqual({ what, commands: ['find sessions', ...expected] });
    }
  });
});
