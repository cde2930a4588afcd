import type { Test } from 'supertest';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectInvalid } from '../helpers/answers';
import { fixture } from '../helpers/fixtures';
import { expectNoTempFiles, localFiles } from '../helpers/media-audit';
import { startTestServer, type TestServer } from '../helpers/server';
import { seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let videoId: string;
let playlistId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  videoId = await seedVideo(ada.user._id, { title: 'As it was' });
  playlistId = dataOf(await call('post', '/playlist').send({ name: 'As it was' }), 201)._id;
});
afterAll(() => server.stop());

const call = (method: 'get' | 'post' | 'patch', path: string): Test =>
  server.api()[method](`/api/v1${path}`).set(bearer(ada.accessToken));
const video = async () => dataOf(await call('get', `/videos/${videoId}`));
const playlist = async () => dataOf(await call('get', `/playlist/${playlistId}`));
const user = async () => dataOf(await call('get', '/users/current-user'));

const changeVideo = (body: object) => call('patch', `/videos/${videoId}`).send(body);
const changePlaylist = (body: object) => call('patch', `/playlist/${playlistId}`).send(body);
const changeUser = (body: object) => call('patch', '/users/update-account').send(body);

type Change = (body: object) => Test;
type Read = () => Promise<Record<string, unknown>>;

/** Texts in one line: they stand in headings, lists and links. */
const LINES: [string, Change, Read][] = [
  ['title', changeVideo, video],
  ['category', changeVideo, video],
  ['name', changePlaylist, playlist],
  ['fullName', changeUser, user],
];
/** Texts of several lines. */
const PARAGRAPHS: [string, string, Change, Read][] = [
  ['a video', 'description', changeVideo, video],
  ['a playlist', 'description', changePlaylist, playlist],
  ['a person', 'description', changeUser, user],
];

const CONTROLS = ['a\0b', '\u001b[31mred', 'a\u0007b', 'a\u007fb', 'a\u009bb', 'a\ud800b'];
const LINE_BREAKS = ['a\nb', 'a\r\nb', 'a\tb'];

describe.each(LINES)('a text in one line, %s', (field, change, read) => {
  test.each([...CONTROLS, ...LINE_BREAKS])('when it is %j, answers 400', async (text) => {
    const before = (await read())[field];

    expectInvalid(await change({ [field]: text }), [field]);

    expect((await read())[field]).toEqual(before);
  });

  test.each(['Kochen 🍳👩‍👩‍👧', 'שלום עולם', 'سلام‌خدا', 'e\u0301te\u0301', '<b>&amp;</b>'])(
    'when it is %j, keeps it as it is',
    async (text) => {
      dataOf(await change({ [field]: text }));

      expect((await read())[field]).toBe(text);
    },
  );
});

describe.each(PARAGRAPHS)('a text of several lines, of %s, %s', (_of, field, change, read) => {
  test.each(CONTROLS)('when it is %j, answers 400', async (text) => {
    const before = (await read())[field];

    expectInvalid(await change({ [field]: text }), [field]);

    expect((await read())[field]).toEqual(before);
  });

  test.each(['one\ntwo\r\n\tthree', '🎬\n🎬', 'שלום\nעולם', ''])(
    'when it is %j, keeps it as it is',
    async (text) => {
      dataOf(await change({ [field]: text }));

      expect((await read())[field]).toBe(text);
    },
  );
});

describe('tags', () => {
  test.each(['a\0b', '\u001b[0m', 'a\nb', '\u200b\u2060'])(
    'when one of them is %j, answers 400',
    async (tag) => {
      expectInvalid(await changeVideo({ tags: ['kept', tag] }), ['tags.1']);

      expect((await video()).tags).toEqual([]);
    },
  );

  test('when they are emoji and right-to-left, are kept', async () => {
    dataOf(await changeVideo({ tags: ['🍳', 'שלום'] }));

    expect((await video()).tags).toEqual(['🍳', 'שלום']);
  });
});

test.each(['title', 'description', 'tags', 'category'])(
  'POST /videos, when its %s has a NUL, answers 400 and keeps no file',
  async (field) => {
    const files = await localFiles(server);

    const answer = await call('post', '/videos')
      .field({ title: 'x', [field]: 'a\0b' })
      .attach('videoFile', fixture('clip.mp4'))
      .attach('thumbnail', fixture('picture.jpg'));

    expectInvalid(answer, [field === 'tags' ? 'tags.0' : field]);
    expect(await localFiles(server)).toEqual(files);
    await expectNoTempFiles(server);
  },
);

test.each(['name', 'description'])(
  'POST /playlist, when its %s has a NUL, answers 400 and makes none',
  async (field) => {
    expectInvalid(await call('post', '/playlist').send({ name: 'x', [field]: 'a\0b' }), [field]);

    const lists = dataOf(await call('get', `/playlist/user/${ada.user._id}`));
    expect(lists.map(({ _id }: { _id: string }) => _id)).toEqual([playlistId]);
  },
);
