import { Playlist } from '../../src/models/playlist.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { describeBadPaging, NO_IDS } from '../helpers/bad-paging';
import { playlistCalls } from '../helpers/playlists';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId, seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let playlistId: string;
let videoId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  videoId = await seedVideo(ada.user._id);
  playlistId = (await make(ada, { name: 'As it was' }, [videoId]))._id;
});
afterAll(() => server.stop());

const { call, make } = playlistCalls(() => server);
const stored = () => Playlist.find().lean();

type Method = 'get' | 'post' | 'patch' | 'delete';

const BY_PLAYLIST: [string, Method, (id: string) => string][] = [
  ['GET /playlist/:playlistId', 'get', (id) => `/${id}`],
  ['PATCH /playlist/:playlistId', 'patch', (id) => `/${id}`],
  ['DELETE /playlist/:playlistId', 'delete', (id) => `/${id}`],
  ['PATCH /playlist/add/:videoId/:playlistId', 'patch', (id) => `/add/${videoId}/${id}`],
  ['PATCH /playlist/remove/:videoId/:playlistId', 'patch', (id) => `/remove/${videoId}/${id}`],
];

describe.each(BY_PLAYLIST)('%s, the id of the playlist', (_route, method, address) => {
  const send = (id: string) => call(method, address(id), ada).send({ name: 'x' });

  test.each(NO_IDS)('when it is %s, answers 400 naming it', async (id) => {
    const before = await stored();

    expectInvalid(await send(id), ['playlistId']);

    expect(await stored()).toEqual(before);
  });

  test('when nothing has it, or something else does, answers 404', async () => {
    for (const id of [absentId(), videoId, ada.user._id]) {
      expectFailure(await send(id), 404, 'PLAYLIST_NOT_FOUND');
    }
  });
});

describe.each(['add', 'remove'])('PATCH /playlist/%s, the id of the video', (what) => {
  test.each(NO_IDS)('when it is %s, answers 400 naming it', async (id) => {
    const before = await stored();

    expectInvalid(await call('patch', `/${what}/${id}/${playlistId}`, ada), ['videoId']);

    expect(await stored()).toEqual(before);
  });

  test('when both ids are bad, names both', async () => {
    expectInvalid(await call('patch', `/${what}/x/y`, ada), ['videoId', 'playlistId']);
  });
});

describe('PATCH /playlist/add/:videoId/:playlistId, the video', () => {
  test('when nothing has its id, or something else does, answers 404', async () => {
    const before = await stored();

    for (const id of [absentId(), playlistId, ada.user._id]) {
      const answer = await call('patch', `/add/${id}/${playlistId}`, ada);
      expectFailure(answer, 404, 'VIDEO_NOT_FOUND');
    }

    expect(await stored()).toEqual(before);
  });
});

const FAULTS: [string, object, string[]][] = [
  ['name is empty', { name: '' }, ['name']],
  ['name is blank', { name: ' \t\n' }, ['name']],
  ['name is too long', { name: 'x'.repeat(151) }, ['name']],
  ['name is null', { name: null }, ['name']],
  ['name is a number', { name: 7 }, ['name']],
  ['name is a list', { name: ['x'] }, ['name']],
  ['name is an operator', { name: { $ne: '' } }, ['name']],
  ['description is too long', { name: 'x', description: 'x'.repeat(1001) }, ['description']],
  ['description is null', { name: 'x', description: null }, ['description']],
  ['description is an object', { name: 'x', description: {} }, ['description']],
  ['isPublic is a word', { name: 'x', isPublic: 'maybe' }, ['isPublic']],
  ['isPublic is a number', { name: 'x', isPublic: 2 }, ['isPublic']],
  ['isPublic is null', { name: 'x', isPublic: null }, ['isPublic']],
  ['owner is sent', { name: 'x', owner: '64b000000000000000000001' }, ['owner']],
  ['videos are sent', { name: 'x', videos: [] }, ['videos']],
  ['kind is sent', { name: 'x', kind: 'watch-later' }, ['kind']],
  ['an operator is sent', { name: 'x', $set: { owner: 'x' } }, ['$set']],
  [
    'everything is wrong',
    { name: 1, description: 2, isPublic: 3 },
    ['name', 'description', 'isPublic'],
  ],
];

describe.each<[string, Method, () => string]>([
  ['POST /playlist', 'post', () => ''],
  ['PATCH /playlist/:playlistId', 'patch', () => `/${playlistId}`],
])('%s, the body', (_route, method, address) => {
  test.each([['nothing is sent', {}, ['name']] as [string, object, string[]], ...FAULTS])(
    'when %s, answers 400 naming it and writes nothing',
    async (_what, body, fields) => {
      const before = await stored();

      expectInvalid(await call(method, address(), ada).send(body), fields);

      expect(await stored()).toEqual(before);
    },
  );

  test('when it is not JSON, answers 400', async () => {
    const request = call(method, address(), ada).set('Content-Type', 'application/json');

    expectFailure(await request.send('{"name":'), 400, 'MALFORMED_BODY');
  });

  test('when it is a list, answers 400', async () => {
    expectInvalid(await call(method, address(), ada).send([{ name: 'x' }]), ['body']);
  });

  test('when a file comes along, answers 400', async () => {
    const request = call(method, address(), ada).field('name', 'x');

    expectFailure(await request.attach('cover', Buffer.from('x'), 'x.png'), 400, 'UNEXPECTED_FILE');
  });

  test('when the longest texts are sent, takes them', async () => {
    const body = { name: 'n'.repeat(150), description: 'd'.repeat(1000) };
    const answer = await call(method, address(), ada).send(body);

    expect(dataOf(answer, method === 'post' ? 201 : 200)).toMatchObject(body);
  });
});

describe('GET /playlist/user/:userId, bad input', () => {
  test.each(NO_IDS)('list, when the id is %s, answers 400 naming it', async (id) => {
    expectInvalid(await call('get', `/user/${id}`), ['userId']);
  });

  test('list, when nobody has the id, answers 404', async () => {
    for (const id of [absentId(), playlistId]) {
      expectFailure(await call('get', `/user/${id}`), 404, 'CHANNEL_NOT_FOUND');
    }
  });
});

describeBadPaging('GET /playlist/user/:userId', (query) =>
  call('get', `/user/${ada.user._id}?${query}`),
);

describe('who may not', () => {
  const changes: [string, Method, () => string][] = [
    ['POST /playlist', 'post', () => ''],
    ...BY_PLAYLIST.filter(([, method]) => method !== 'get').map(
      ([route, method, address]): [string, Method, () => string] => [
        route,
        method,
        () => address(playlistId),
      ],
    ),
  ];

  test.each(changes)(
    '%s, when a guest calls it, is 401 and writes nothing',
    async (_r, method, address) => {
      const before = await stored();

      expectFailure(await call(method, address()).send({ name: 'x' }), 401, 'UNAUTHENTICATED');

      expect(await stored()).toEqual(before);
    },
  );

  test('GET /playlist/:playlistId, when the token is bad, answers as for a guest', async () => {
    const answer = await call('get', `/${playlistId}`).set(bearer('x.y.z'));

    expect(dataOf(answer)._id).toBe(playlistId);
  });

  test('PUT /playlist/:playlistId, when called, is 405 with Allow', async () => {
    const answer = await server.api().put(`/api/v1/playlist/${playlistId}`);

    expectFailure(answer, 405, 'METHOD_NOT_ALLOWED');
    expect(answer.headers.allow).toContain('PATCH');
  });
});

coversBadInput('POST /api/v1/playlist');
coversBadInput('GET /api/v1/playlist/:playlistId');
coversBadInput('PATCH /api/v1/playlist/:playlistId');
coversBadInput('DELETE /api/v1/playlist/:playlistId');
coversBadInput('GET /api/v1/playlist/user/:userId');
coversBadInput('PATCH /api/v1/playlist/add/:videoId/:playlistId');
coversBadInput('PATCH /api/v1/playlist/remove/:videoId/:playlistId');
