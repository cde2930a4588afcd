import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { User } from '../../src/models/user.model';
import { Video } from '../../src/models/video.model';
import { bearer, registerAndLogin, type SignedInAccount } from '../helpers/accounts';
import { dataOf, expectFailure, expectInvalid } from '../helpers/answers';
import { expectNoTempFiles, localFiles, sendVideo } from '../helpers/media-audit';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
let account: SignedInAccount;
beforeAll(async () => {
  server = await startTestServer();
  account = await registerAndLogin(server);
});
afterAll(() => server.stop());

/** More than what a connection holds on its way. */
const HALF = Buffer.alloc(8 * 1024 * 1024);
const FILES = { videoFile: 'clip.mp4', thumbnail: 'picture.jpg' };
const publish = (texts: Record<string, string>) =>
  sendVideo(server, account.accessToken, FILES, texts);

describe('POST /videos', () => {
  test('POST /videos, when the form is right, answers 201 and the video, and keeps both', async () => {
    const answer = await publish({
      title: '  My first clip ',
      description: 'Five seconds of colour',
      tags: 'Colour, test,,Colour',
      category: 'Education',
    });

    const video = dataOf(answer, 201);
    expect(video).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      videoFile: expect.stringContaining(`${server.url}/media/`),
      thumbnail: expect.stringContaining(`${server.url}/media/`),
      title: 'My first clip',
      description: 'Five seconds of colour',
      tags: ['Colour', 'test'],
      category: 'Education',
      duration: expect.any(Number),
      views: 0,
      likesCount: 0,
      commentsCount: 0,
      isPublished: true,
      status: 'ready',
      owner: {
        _id: account.user._id,
        username: account.user.username,
        fullName: account.user.fullName,
        avatar: account.user.avatar,
      },
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(video.duration).toBeGreaterThan(4);
    expect(video.duration).toBeLessThan(7);
    expect(answer.headers.location).toBe(`/api/v1/videos/${video._id}`);

    const read = await server
      .api()
      .get(answer.headers.location ?? '')
      .set(bearer(account.accessToken));
    expect(dataOf(read)).toMatchObject({ _id: video._id, title: 'My first clip' });
    await expectNoTempFiles(server);
  });

  test('POST /videos, when it succeeds, adds one to the channel, unless it is unpublished', async () => {
    const owner = await registerAndLogin(server);
    await sendVideo(server, owner.accessToken, FILES, { title: 'Public' }).expect(201);
    await sendVideo(server, owner.accessToken, FILES, {
      title: 'Draft',
      isPublished: 'false',
    }).expect(201);

    const stored = await User.findById(owner.user._id).lean();

    expect(stored?.videosCount).toBe(1);
    expect(await Video.countDocuments({ owner: owner.user._id })).toBe(2);
  });

  test.each([
    ['a JSON list', '["a","b"]', ['a', 'b']],
    ['words between commas', 'a, b', ['a', 'b']],
    ['a bracket that is no JSON', '[a, b', ['[a', 'b']],
    ['nothing', '', []],
  ])('POST /videos, when tags are %s, understands them', async (_what, tags, expected) => {
    expect(dataOf(await publish({ title: 'Tagged', tags }), 201).tags).toEqual(expected);
  });
});

const NO_UPLOAD = '3f1d7a90c2e84b56a1d0f9e2';

describe('POST /videos, bad input', () => {
  const stateOf = async () => ({
    videos: await Video.countDocuments(),
    files: (await localFiles(server)).length,
  });

  test.each<[string, Record<string, string>, string[]]>([
    ['title is missing', { description: 'x' }, ['title']],
    ['title is blank', { title: '   ' }, ['title']],
    ['title is too long', { title: 'x'.repeat(151) }, ['title']],
    ['description is too long', { title: 'x', description: 'x'.repeat(5001) }, ['description']],
    ['category is too long', { title: 'x', category: 'x'.repeat(51) }, ['category']],
    ['isPublished is no boolean', { title: 'x', isPublished: 'perhaps' }, ['isPublished']],
    ['a field is unknown', { title: 'x', views: '1000000' }, ['views']],
    ['the owner is named', { title: 'x', owner: '64b0f1c2d3e4f5a6b7c8d9e0' }, ['owner']],
    ['title is an operator', { 'title[$ne]': 'x' }, ['title']],
    ['tags are too many', { title: 'x', tags: [...Array(21).keys()].join() }, ['tags']],
    ['an upload stands beside its file', { title: 'x', videoUpload: NO_UPLOAD }, ['videoUpload']],
    [
      'an upload stands beside its thumbnail',
      { title: 'x', thumbnailUpload: NO_UPLOAD },
      ['thumbnailUpload'],
    ],
    ['tags are objects', { title: 'x', tags: '[{"$ne":1}]' }, ['tags.0']],
  ])('POST /videos, when %s, answers 400 and keeps nothing', async (_what, texts, fields) => {
    const before = await stateOf();

    expectInvalid(await publish(texts), fields);

    expect(await stateOf()).toEqual(before);
    await expectNoTempFiles(server);
  });

  test.each([
    ['the video is missing', { thumbnail: 'picture.jpg' }, 400, 'FILE_REQUIRED'],
    ['the thumbnail is missing', { videoFile: 'clip.mp4' }, 400, 'FILE_REQUIRED'],
    [
      'the video is a picture',
      { videoFile: 'picture-named.mp4', thumbnail: 'picture.jpg' },
      415,
      'UNSUPPORTED_FILE_TYPE',
    ],
    [
      'the thumbnail is a page',
      { videoFile: 'clip.mp4', thumbnail: 'html-named.png' },
      415,
      'UNSUPPORTED_FILE_TYPE',
    ],
  ])('POST /videos, when %s, answers 4xx and keeps nothing', async (_what, files, status, code) => {
    const before = await stateOf();

    const answer = await sendVideo(server, account.accessToken, files);

    expectFailure(answer, status, code);
    expect(await stateOf()).toEqual(before);
    await expectNoTempFiles(server);
  });

  test('POST /videos, when nobody is signed in, answers 401 and takes no file', async () => {
    expectFailure(await sendVideo(server, undefined), 401, 'UNAUTHENTICATED');

    expect(await readdir(server.tempDir)).toEqual([]);
  });

  test('POST /videos, when it is refused while a client that closes afterwards is still sending, answers', async () => {
    const form = http.request(`${server.url}/api/v1/videos`, {
      method: 'POST',
      agent: false,
      headers: {
        connection: 'close',
        'content-type': 'multipart/form-data; boundary=frontier',
        'content-length': String(2 * HALF.length),
      },
    });
    form.write(HALF);
    const [answer] = (await once(form, 'response')) as [IncomingMessage];

    // A server that hung up after its answer would break this, and with it what most clients read.
    form.end(HALF);
    await once(form, 'finish');
    expect(answer.statusCode).toBe(401);
    expect(JSON.parse(await text(answer))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await readdir(server.tempDir)).toEqual([]);
  });

  test('POST /videos, when the body is JSON, answers 415', async () => {
    const answer = await server
      .api()
      .post('/api/v1/videos')
      .set(bearer(account.accessToken))
      .send({ title: 'x' });

    expectFailure(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });
});

coversBehaviour('POST /api/v1/videos');
coversBadInput('POST /api/v1/videos');
