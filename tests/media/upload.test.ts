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
          path: expect.stringMatching(/upload-\d+-[0-9a-f]{8}-[0-9a-f-]{36}$/),
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
          path: expect.stringMatching(/upload-\d+-[0-9a-f]{8}-[0-9a-f-]{36}$/),
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

describe('uploadFields of a field for any kind of file', () => {
  let app: MediaApp;

  beforeAll(async () => {
    app = await startMediaApp({
      rules: { file: { kind: ['image', 'video', 'audio', 'document'], required: true } },
      env: { MAX_AUDIO_BYTES: '15000', MAX_DOCUMENT_BYTES: '1000' },
    });
  });
  afterAll(() => app.stop());
  afterEach(() => eventually(async () => expect(await app.tempFiles()).toEqual([])));

  const send = (file: string | Buffer, name = 'file') =>
    request(app.url).post('/upload').attach('file', file, name);

  test.each([
    ['picture.png', 'image', 'png', undefined],
    ['clip.mp4', 'video', 'mp4', 5],
    ['sound.m4a', 'audio', 'm4a', 1],
    ['sound-only.mp4', 'audio', 'm4a', 1],
    ['sound.webm', 'audio', 'weba', 1.008],
    ['document.pdf', 'document', 'pdf', undefined],
    ['subtitles.vtt', 'document', 'vtt', undefined],
  ])('%s, is taken as %s', async (name, kind, extension, durationSeconds) => {
    const { status, body } = await send(fixture(name));

    expect(status).toBe(200);
    expect(body.files.file).toMatchObject({ kind, extension });
    expect(body.files.file.durationSeconds).toBe(durationSeconds);
  });

  test.each([
    ['a text that only begins as subtitles', Buffer.from('WEBVTT\n\xff\0', 'latin1')],
    ['subtitles in Latin-1', Buffer.from('WEBVTT\n\nGr\u00fc\u00dfe', 'latin1')],
  ])('%s, answers 415', async (_name, content) => {
    const { status, body } = await send(content);

    expect(status).toBe(415);
    expect(body).toMatchObject({ code: 'UNREADABLE_FILE', errors: [{ field: 'file' }] });
  });

  test.each([
    ['SubRip', Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nHello\n')],
    ['an archive', Buffer.from('PK\x03\x04 and more of it, as an office file begins')],
    ['a page', Buffer.from('<!doctype html><title>WEBVTT</title>')],
  ])('%s, answers 415 naming what may be sent', async (_name, content) => {
    const { status, body } = await send(content);

    expect(status).toBe(415);
    expect(body.code).toBe('UNSUPPORTED_FILE_TYPE');
    expect(body.message).toContain('or a document (PDF or VTT), decided by its content');
  });

  test.each([
    ['sound.wav', 15_000],
    ['a long document', 1000],
  ])('%s over the limit of its kind, answers 413 naming it', async (name, maxBytes) => {
    const file = name.includes('.')
      ? fixture(name)
      : Buffer.from(`WEBVTT\n\n${'Still speaking. '.repeat(100)}`);

    const { status, body } = await send(file);

    expect(status).toBe(413);
    expect(body.message).toBe(`The file in file may have at most ${maxBytes} bytes`);
  });

  test.each([
    ['caf\u0065\u0301.png', 'caf\u00e9.png'],
    ['two\u2028lines\u009f.png', 'twolines.png'],
    ['cod\u202egnp.exe', 'codgnp.exe'],
    ['\u{1f468}\u200d\u{1f469}\u200d\u{1f467}.png', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}.png'],
    ['\u{1f3ac}'.repeat(300), '\u{1f3ac}'.repeat(255)],
  ])('the name %j, is kept as %j', async (name, kept) => {
    const { body } = await send(fixture('picture.png'), name);

    expect(body.files.file.originalName).toBe(kept);
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
