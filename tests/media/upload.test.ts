import request from 'supertest';
import { eventually } from '../helpers/eventually';
import { fixture } from '../helpers/fixtures';
import { startMediaApp, type MediaApp } from '../helpers/media-app';

const MAX_IMAGE_BYTES = 20_000;
const MAX_VIDEO_BYTES = 200_000;

describe('uploadFields', () => {
  let app: MediaApp;

  beforeAll(async () => {
    app = await startMediaApp({
      rules: {
        thumbnail: { kind: 'image', required: true },
        videoFile: { kind: 'video' },
      },
      env: {
        MAX_IMAGE_BYTES: String(MAX_IMAGE_BYTES),
        MAX_VIDEO_BYTES: String(MAX_VIDEO_BYTES),
      },
    });
  });
  afterAll(() => app.stop());
  // The leak audit: whatever a test did, nothing may stay behind.
  afterEach(() => eventually(async () => expect(await app.tempFiles()).toEqual([])));

  const post = () => request(app.url).post('/upload');

  describe('when the form is right', () => {
    test('finds the files by content and leaves the text fields', async () => {
      const response = await post()
        .field('title', 'Zug nach Köln')
        .attach('thumbnail', fixture('picture.png'))
        .attach('videoFile', fixture('clip.mp4'));

      expect(response.status).toBe(200);
      expect(response.body.body).toEqual({ title: 'Zug nach Köln' });
      expect(response.body.files).toEqual({
        thumbnail: {
          fieldName: 'thumbnail',
          originalName: 'picture.png',
          path: expect.stringMatching(/upload-\d+-[0-9a-f-]{36}$/),
          bytes: 1145,
          kind: 'image',
          mimeType: 'image/png',
          extension: 'png',
          width: 96,
          height: 64,
        },
        videoFile: {
          fieldName: 'videoFile',
          originalName: 'clip.mp4',
          path: expect.stringMatching(/upload-\d+-[0-9a-f-]{36}$/),
          bytes: 106253,
          kind: 'video',
          mimeType: 'video/mp4',
          extension: 'mp4',
          width: 320,
          height: 180,
          durationSeconds: 5,
        },
      });
    });

    test('takes a picture under a wrong name and type for what it is', async () => {
      const response = await post().attach('thumbnail', fixture('picture.webp'), {
        filename: 'holiday.exe',
        contentType: 'text/html',
      });

      expect(response.status).toBe(200);
      expect(response.body.files.thumbnail).toMatchObject({
        mimeType: 'image/webp',
        extension: 'webp',
      });
    });

    test('keeps a file name in any script, and no folder of it', async () => {
      const response = await post().attach('thumbnail', fixture('picture.png'), {
        filename: '../../etc/картина 写真.png',
      });

      expect(response.body.files.thumbnail.originalName).toBe('картина 写真.png');
      expect(response.body.files.thumbnail.path).toMatch(/\/temp\/upload-/);
    });

    test.each(['', 'undefined', 'null'])(
      'reads the text %j in an optional file field as no file',
      async (text) => {
        const response = await post()
          .field('videoFile', text)
          .attach('thumbnail', fixture('picture.png'));

        expect(response.status).toBe(200);
        expect(response.body.body).toEqual({});
        expect(Object.keys(response.body.files)).toEqual(['thumbnail']);
      },
    );
  });

  describe('when a file is missing or not wanted', () => {
    test('without the required file, answers 400 FILE_REQUIRED naming it', async () => {
      const response = await post().attach('videoFile', fixture('clip.mp4'));

      expect(response.status).toBe(400);
      expect(response.body).toMatchObject({
        code: 'FILE_REQUIRED',
        errors: [{ field: 'thumbnail', code: 'FILE_REQUIRED' }],
      });
    });

    test('with no body at all, answers 400 FILE_REQUIRED', async () => {
      const response = await post();

      expect([response.status, response.body.code]).toEqual([400, 'FILE_REQUIRED']);
    });

    test('with a JSON body, answers 415', async () => {
      const response = await post().send({ title: 'x' });

      expect([response.status, response.body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    });

    test('with text where a file belongs, answers 400 FILE_EXPECTED', async () => {
      const response = await post()
        .field('videoFile', 'https://example.com/clip.mp4')
        .attach('thumbnail', fixture('picture.png'));

      expect(response.status).toBe(400);
      expect(response.body.errors).toEqual([
        { field: 'videoFile', code: 'FILE_EXPECTED', message: 'videoFile must be a file' },
      ]);
    });

    test.each([
      ['a file field that the route does not know', ['thumbnail', 'avatar']],
      ['a second file in one field', ['thumbnail', 'thumbnail']],
    ])('with %s, answers 400 UNEXPECTED_FILE', async (_name, fields) => {
      const form = post();
      for (const field of fields) form.attach(field, fixture('picture.png'));
      const response = await form;

      expect([response.status, response.body.code]).toEqual([400, 'UNEXPECTED_FILE']);
    });
  });

  describe('when the content is wrong', () => {
    test.each([
      ['html-named.png', 415, 'UNSUPPORTED_FILE_TYPE'],
      ['script.svg', 415, 'UNSUPPORTED_FILE_TYPE'],
      ['sound-only.mp4', 415, 'UNSUPPORTED_FILE_TYPE'],
      ['empty.png', 400, 'FILE_EMPTY'],
      ['pixel-flood.png', 400, 'TOO_MANY_PIXELS'],
    ])('%s as a picture, answers %i %s', async (name, status, code) => {
      const response = await post().attach('thumbnail', fixture(name));

      expect(response.status).toBe(status);
      expect(response.body).toMatchObject({ code, errors: [{ field: 'thumbnail', code }] });
    });

    test.each([
      ['picture-named.mp4', 415, 'UNSUPPORTED_FILE_TYPE'],
      ['truncated.mp4', 415, 'UNREADABLE_FILE'],
      ['indexless.mp4', 415, 'UNREADABLE_FILE'],
      ['sound-only.mp4', 415, 'UNREADABLE_FILE'],
      ['empty.png', 400, 'FILE_EMPTY'],
    ])('%s as a video, answers %i %s', async (name, status, code) => {
      const response = await post()
        .attach('thumbnail', fixture('picture.png'))
        .attach('videoFile', fixture(name));

      expect(response.status).toBe(status);
      expect(response.body).toMatchObject({ code, errors: [{ field: 'videoFile', code }] });
    });
  });
});

describe('uploadFields without a required file', () => {
  let app: MediaApp;

  beforeAll(async () => {
    app = await startMediaApp({ rules: { thumbnail: { kind: 'image' } } });
  });
  afterAll(() => app.stop());

  test('when the body is JSON, lets it through untouched', async () => {
    const response = await request(app.url).post('/upload').send({ title: 'x' });

    expect(response.status).toBe(200);
    expect(response.body).toEqual({ files: {}, body: { title: 'x' } });
  });
});

describe('uploadFields before a handler that fails', () => {
  test('when the handler throws, answers 500 and leaves nothing', async () => {
    const app = await startMediaApp({
      rules: { thumbnail: { kind: 'image', required: true } },
      handler: () => {
        throw new Error('a fault of ours');
      },
    });

    const response = await request(app.url)
      .post('/upload')
      .attach('thumbnail', fixture('picture.png'));

    expect(response.status).toBe(500);
    await eventually(async () => expect(await app.tempFiles()).toEqual([]));
    await app.stop();
  });
});
