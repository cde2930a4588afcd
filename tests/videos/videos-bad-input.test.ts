import type { Test } from 'supertest';
import { Video } from '../../src/models/video.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { describeBadPaging, NO_IDS } from '../helpers/bad-paging';
import { fixture } from '../helpers/fixtures';
import { expectNoTempFiles, localFiles } from '../helpers/media-audit';
import { coversBadInput } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';
import { absentId, seedVideo } from '../helpers/videos';

let server: TestServer;
let ada: SignedInAccount;
let videoId: string;
beforeAll(async () => {
  server = await startTestServer();
  ada = await registerAndLogin(server);
  videoId = await seedVideo(ada.user._id, { title: 'As it was', tags: ['kept'] });
});
afterAll(() => server.stop());

const call = (method: 'get' | 'patch' | 'delete', address: string): Test =>
  server.api()[method](`/api/v1/videos${address}`).set(bearer(ada.accessToken));
const stored = () => Video.find().lean();

const ROUTES: [string, 'get' | 'patch' | 'delete', (id: string) => string, object | undefined][] = [
  ['PATCH /videos/:videoId', 'patch', (id) => `/${id}`, { title: 'x' }],
  ['DELETE /videos/:videoId', 'delete', (id) => `/${id}`, undefined],
  ['PATCH /videos/toggle/publish/:videoId', 'patch', (id) => `/toggle/publish/${id}`, undefined],
  ['GET /videos/:videoId/related', 'get', (id) => `/${id}/related`, undefined],
];

describe.each(ROUTES)('%s, the id', (_route, method, address, body) => {
  test.each([...NO_IDS, '%00'])('when it is %s, answers 400 naming it', async (id) => {
    const before = await stored();

    expectInvalid(await call(method, address(id)).send(body), ['videoId']);

    expect(await stored()).toEqual(before);
  });

  test('when nothing has it, answers 404', async () => {
    expectFailure(await call(method, address(absentId())).send(body), 404, 'VIDEO_NOT_FOUND');
  });

  test('when it is somebody’s and no video’s, answers 404', async () => {
    expectFailure(await call(method, address(ada.user._id)).send(body), 404, 'VIDEO_NOT_FOUND');
  });
});

describe.each(ROUTES.filter(([, method]) => method !== 'get'))(
  '%s, a guest',
  (_route, method, address, body) => {
    test('when not signed in, gets 401 and changes nothing', async () => {
      const before = await stored();
      const guest = server.api();
      const answer = await guest[method](`/api/v1/videos${address(videoId)}`).send(body);

      expectFailure(answer, 401, 'UNAUTHENTICATED');

      expect(await stored()).toEqual(before);
    });
  },
);

describe('PATCH /videos/:videoId, bad input', () => {
  test.each<[string, object, string[]]>([
    ['nothing is sent', {}, ['title']],
    ['title is empty', { title: '' }, ['title']],
    ['title is blank', { title: ' \t\n' }, ['title']],
    ['title is too long', { title: 'x'.repeat(151) }, ['title']],
    ['title is null', { title: null }, ['title']],
    ['title is a number', { title: 7 }, ['title']],
    ['title is an operator', { title: { $ne: 'x' } }, ['title']],
    ['description is too long', { description: 'x'.repeat(5001) }, ['description']],
    ['description is a list', { description: ['x'] }, ['description']],
    ['tags are too many', { tags: Array.from({ length: 21 }, (_tag, n) => `t${n}`) }, ['tags']],
    ['tags are a number', { tags: 7 }, ['tags']],
    ['a tag is blank', { tags: ['ok', ' '] }, ['tags.1']],
    ['a tag is too long', { tags: ['x'.repeat(41)] }, ['tags.0']],
    ['a tag is an object', { tags: [{ $gt: '' }] }, ['tags.0']],
    ['category is too long', { category: 'x'.repeat(51) }, ['category']],
    ['category is a boolean', { category: true }, ['category']],
    ['the thumbnail is text', { thumbnail: 'https://example.com/x.png' }, ['thumbnail']],
    ['the upload is no id', { thumbnailUpload: 'x' }, ['thumbnailUpload']],
    ['views are sent', { title: 'x', views: 1e6 }, ['views']],
    ['the owner is sent', { title: 'x', owner: '64b0f1c2d3e4f5a6b7c8d9e0' }, ['owner']],
    ['isPublished is sent', { isPublished: false }, ['isPublished']],
    ['keys are sent', { keys: { title: 'x' } }, ['keys']],
    ['two are wrong', { title: '', category: 7 }, ['title', 'category']],
  ])(
    'PATCH /videos/:videoId, when %s, answers 400 and changes nothing',
    async (_w, body, fields) => {
      const before = await stored();

      expectInvalid(await call('patch', `/${videoId}`).send(body), fields);

      expect(await stored()).toEqual(before);
    },
  );

  test('PATCH /videos/:videoId, when a good form has one bad text, keeps neither file nor change', async () => {
    const [before, files] = [await stored(), await localFiles(server)];

    const answer = await call('patch', `/${videoId}`)
      .field('title', 'x'.repeat(151))
      .attach('thumbnail', fixture('picture.png'));

    expectInvalid(answer, ['title']);
    expect(await stored()).toEqual(before);
    expect(await localFiles(server)).toEqual(files);
    await expectNoTempFiles(server);
  });

  test.each<[string, string, string, number, string]>([
    ['empty', 'thumbnail', 'empty.png', 400, 'FILE_EMPTY'],
    ['a page', 'thumbnail', 'html-named.png', 415, 'UNSUPPORTED_FILE_TYPE'],
    ['a drawing with scripts', 'thumbnail', 'script.svg', 415, 'UNSUPPORTED_FILE_TYPE'],
    ['a film', 'thumbnail', 'clip.mp4', 415, 'UNSUPPORTED_FILE_TYPE'],
    ['of too many pixels', 'thumbnail', 'pixel-flood.png', 400, 'TOO_MANY_PIXELS'],
    ['in another field', 'videoFile', 'clip.mp4', 400, 'UNEXPECTED_FILE'],
  ])(
    'PATCH /videos/:videoId, when the file is %s, answers 4xx and keeps nothing',
    async (_what, field, file, status, code) => {
      const [before, files] = [await stored(), await localFiles(server)];

      const answer = await call('patch', `/${videoId}`)
        .field('title', 'With a file')
        .attach(field, fixture(file));

      expectFailure(answer, status, code);
      expect(await stored()).toEqual(before);
      expect(await localFiles(server)).toEqual(files);
      await expectNoTempFiles(server);
    },
  );

  test('PATCH /videos/:videoId, when two thumbnails are sent, answers 400 and keeps neither', async () => {
    const files = await localFiles(server);

    const answer = await call('patch', `/${videoId}`)
      .attach('thumbnail', fixture('picture.png'))
      .attach('thumbnail', fixture('picture.jpg'));

    const message = 'No file, or no further one, may be sent in thumbnail';
    expectFailure(answer, 400, 'UNEXPECTED_FILE');
    expect(answer.body.errors).toEqual([{ field: 'thumbnail', message, code: 'UNEXPECTED_FILE' }]);
    expect(await localFiles(server)).toEqual(files);
    await expectNoTempFiles(server);
  });

  test('PATCH /videos/:videoId, when texts are as long as they may be, takes them', async () => {
    const other = await seedVideo(ada.user._id);
    const texts = {
      title: 't'.repeat(150),
      description: 'd'.repeat(5000),
      tags: Array.from({ length: 20 }, (_tag, n) => `${n}`.padEnd(40, 'x')),
      category: 'c'.repeat(50),
    };

    expect(dataOf(await call('patch', `/${other}`).send(texts))).toMatchObject(texts);
  });
});

describeBadPaging('GET /videos/:videoId/related', (query) =>
  call('get', `/${videoId}/related?${query}`),
);
describeBadPaging('GET /videos', (query) => call('get', `?${query}`));

describe('GET /videos, bad input', () => {
  test.each([
    ['query is too long', `query=${'x'.repeat(201)}`, 'query'],
    ['query comes twice', 'query=a&query=b', 'query'],
    ['query is an operator', 'query[$ne]=x', 'query[$ne]'],
    ['sortBy is unknown', 'sortBy=password', 'sortBy'],
    ['sortType is unknown', 'sortType=up', 'sortType'],
    ['userId is no id', 'userId=ada', 'userId'],
    ['userId is an operator', 'userId[$ne]=1', 'userId[$ne]'],
    ['username comes twice', 'username=a&username=b', 'username'],
    ['category is too long', `category=${'x'.repeat(51)}`, 'category'],
    ['tag is too long', `tag=${'x'.repeat(41)}`, 'tag'],
  ])('GET /videos, when %s, answers 400 naming it', async (_what, query, field) => {
    expectInvalid(await call('get', `?${query}`), [field]);
  });

  test.each([
    '(a+)+$',
    '.*',
    '^(([a-z])+.)+[A-Z]([a-z])+$',
    '$where:1',
    '"unclosed',
    '-',
    '\\',
    '\u0000',
    '👩‍👩‍👧',
    'שלום',
  ])('GET /videos, when searched for %j, takes it as text', async (query) => {
    const sent = server.api().get('/api/v1/videos').query({ query });

    expect(dataOf(await sent).docs).toEqual([]);
  });
});

describe('GET /videos/:videoId, bad input', () => {
  test('GET /videos/:videoId, when the id is none or nothing has it, answers 400 or 404', async () => {
    expectInvalid(await call('get', '/x'), ['videoId']);
    expectFailure(await call('get', `/${absentId()}`), 404, 'VIDEO_NOT_FOUND');
  });
});

coversBadInput('PATCH /api/v1/videos/:videoId');
coversBadInput('DELETE /api/v1/videos/:videoId');
coversBadInput('PATCH /api/v1/videos/toggle/publish/:videoId');
coversBadInput('GET /api/v1/videos/:videoId/related');
coversBadInput('GET /api/v1/videos');
coversBadInput('GET /api/v1/videos/:videoId');
