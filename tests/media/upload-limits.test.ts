import { readFileSync } from 'node:fs';
import http from 'node:http';
import request from 'supertest';
import { eventually } from '../helpers/eventually';
import { fixture } from '../helpers/fixtures';
import { startMediaApp, type MediaApp } from '../helpers/media-app';

const MAX_IMAGE_BYTES = 20_000;
const MAX_VIDEO_BYTES = 200_000;

describe('uploadFields, too much or broken', () => {
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

  describe('when something is too large', () => {
    test('a picture over its own limit, answers 413 naming it, though a video may be larger', async () => {
      const large = Buffer.alloc(MAX_IMAGE_BYTES + 1);
      readFileSync(fixture('picture.png')).copy(large);
      const response = await post().attach('thumbnail', large, 'large.png');

      expect(response.status).toBe(413);
      expect(response.body).toMatchObject({
        code: 'FILE_TOO_LARGE',
        errors: [
          {
            field: 'thumbnail',
            message: 'The file in thumbnail may have at most 20000 bytes',
            code: 'FILE_TOO_LARGE',
          },
        ],
      });
    });

    test('a picture of exactly its limit, is taken', async () => {
      const whole = Buffer.alloc(MAX_IMAGE_BYTES);
      readFileSync(fixture('picture.png')).copy(whole);
      const response = await post().attach('thumbnail', whole, 'whole.png');

      expect(response.status).toBe(200);
      expect(response.body.files.thumbnail.bytes).toBe(MAX_IMAGE_BYTES);
    });

    test('a form whose stated length fits no right form, answers 413 before its end is sent', async () => {
      const answer = await sendHead({ 'content-length': '100000000000' }, 'beginning');

      expect(answer).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } });
    });

    test('a form of unstated length that never ends, answers 413', async () => {
      const endless = Buffer.alloc(64 * 1024, 'x');
      const answer = await sendHead(
        { 'transfer-encoding': 'chunked' },
        openPart('thumbnail'),
        endless,
      );

      expect(answer).toMatchObject({ status: 413, body: { code: 'PAYLOAD_TOO_LARGE' } });
    });

    test('too many fields, answers 400', async () => {
      const form = post().attach('thumbnail', fixture('picture.png'));
      for (let index = 0; index <= 50; index += 1) form.field(`field${index}`, 'x');
      const response = await form;

      expect([response.status, response.body.code]).toEqual([400, 'MALFORMED_MULTIPART']);
    });

    test('a text of megabytes, answers 413', async () => {
      const response = await post()
        .field('description', 'x'.repeat(70_000))
        .attach('thumbnail', fixture('picture.png'));

      expect([response.status, response.body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    });

    test.each(['a[b][c]', 'a[1000000]'])('the field name %s, answers 400', async (name) => {
      const response = await post().field(name, 'x').attach('thumbnail', fixture('picture.png'));

      expect([response.status, response.body.code]).toEqual([400, 'MALFORMED_MULTIPART']);
    });
  });

  describe('when the form is broken', () => {
    test('without a boundary, answers 400', async () => {
      const response = await post().set('content-type', 'multipart/form-data').send('x');

      expect([response.status, response.body.code]).toEqual([400, 'MALFORMED_MULTIPART']);
    });

    test.each(['', '"', ';'])('with the boundary %j, answers 400', async (boundary) => {
      const response = await post()
        .set('content-type', `multipart/form-data; boundary=${boundary}`)
        .send('x');

      expect([response.status, response.body.code]).toEqual([400, 'MALFORMED_MULTIPART']);
    });

    test('ending in the middle of a file, answers 400', async () => {
      const response = await post()
        .set('content-type', 'multipart/form-data; boundary=frontier')
        .send(`${openPart('thumbnail')}half a picture`);

      expect([response.status, response.body.code]).toEqual([400, 'MALFORMED_MULTIPART']);
    });

    test.each([0.01, 0.5, 0.99])(
      'when the client hangs up at %d of it, leaves nothing',
      async (share) => {
        const file = readFileSync(fixture('clip.mp4'));
        const form = http.request(`${app.url}/upload`, {
          method: 'POST',
          headers: {
            'content-type': 'multipart/form-data; boundary=frontier',
            'content-length': String(file.length + 200),
          },
        });
        const closed = new Promise((resolve) => form.once('close', resolve));
        form.on('error', () => undefined);
        form.write(openPart('videoFile'));
        form.write(file.subarray(0, Math.floor(file.length * share)));
        await eventually(async () => expect(await app.tempFiles()).toHaveLength(1));

        form.destroy();
        await closed;

        await eventually(async () => expect(await app.tempFiles()).toEqual([]));
      },
    );
  });

  function openPart(field: string): string {
    return [
      '--frontier',
      `Content-Disposition: form-data; name="${field}"; filename="f"`,
      'Content-Type: application/octet-stream',
      '',
      '',
    ].join('\r\n');
  }

  /** Sends the beginning, then `endless` again and again, and answers what the server says meanwhile. */
  function sendHead(
    headers: Record<string, string>,
    beginning: string,
    endless?: Buffer,
  ): Promise<{ status?: number; body: unknown }> {
    return new Promise((resolve, reject) => {
      const form = http.request(`${app.url}/upload`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=frontier', ...headers },
      });
      let answered = false;
      form.on('response', (response) => {
        answered = true;
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          resolve({
            status: response.statusCode,
            body: JSON.parse(Buffer.concat(chunks).toString()),
          });
          form.destroy();
        });
      });
      form.on('error', (error) => (answered ? undefined : reject(error)));
      form.write(beginning);
      const goOn = (): void => {
        if (!answered && endless) form.write(endless, goOn);
      };
      goOn();
    });
  }
});
