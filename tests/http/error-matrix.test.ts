import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { formFields } from '../../src/middlewares/body.middleware';
import { sendResponse } from '../../src/utils/api-response';
import { dataOf, expectFailure } from '../helpers/answers';
import { startBareApp, type BareApp } from '../helpers/bare-app';

let app: BareApp;
beforeAll(async () => {
  app = await startBareApp([
    formFields(),
    (request, response) => sendResponse(response, 200, { body: request.body as unknown }, 'fine'),
  ]);
});
afterAll(() => app.stop());

const post = () => app.api().post('/thing');
const raw = (type: string, body: string | Buffer) =>
  post()
    .set('Content-Type', type)
    .serialize((value: unknown) => value as string)
    .send(body);

describe('request bodies', () => {
  test.each([
    ['broken JSON', 'application/json', '{"a":', 400, 'MALFORMED_BODY'],
    ['a JSON null', 'application/json', 'null', 400, 'MALFORMED_BODY'],
    ['a JSON string', 'application/json', '"text"', 400, 'MALFORMED_BODY'],
    ['a huge JSON', 'application/json', `{"a":"${'x'.repeat(70_000)}"}`, 413, 'PAYLOAD_TOO_LARGE'],
    [
      'a huge form',
      'application/x-www-form-urlencoded',
      `a=${'x'.repeat(70_000)}`,
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'too many form fields',
      'application/x-www-form-urlencoded',
      'a=1&'.repeat(1100),
      413,
      'PAYLOAD_TOO_LARGE',
    ],
    [
      'an unknown charset',
      'application/json; charset=klingon',
      '{}',
      415,
      'UNSUPPORTED_MEDIA_TYPE',
    ],
    ['text', 'text/plain', 'hello', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['XML', 'application/xml', '<a/>', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['multipart without a boundary', 'multipart/form-data', 'x', 400, 'MALFORMED_MULTIPART'],
    [
      'multipart with an empty boundary',
      'multipart/form-data; boundary=',
      'x',
      400,
      'MALFORMED_MULTIPART',
    ],
    [
      'a cut off multipart',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disp',
      400,
      'MALFORMED_MULTIPART',
    ],
  ])(
    'a request, when its body is %s, answers the right 4xx',
    async (_w, type, body, status, code) => {
      expectFailure(await raw(type, body), status, code);
    },
  );

  test('a request, when its encoding is unknown, answers 415', async () => {
    const answer = await raw('application/json', '{}').set('Content-Encoding', 'rot13');

    expectFailure(answer, 415, 'UNSUPPORTED_MEDIA_TYPE');
  });

  test('a request, when it unpacks to more than the limit, answers 413', async () => {
    const bomb = gzipSync(JSON.stringify({ a: 'x'.repeat(1_000_000) }));

    const answer = await raw('application/json', bomb).set('Content-Encoding', 'gzip');

    expectFailure(answer, 413, 'PAYLOAD_TOO_LARGE');
  });

  test('a request, when a route without files gets one, answers 400', async () => {
    const answer = await post().attach('file', Buffer.from('hello'), 'a.txt');

    expectFailure(answer, 400, 'UNEXPECTED_FILE');
  });

  test('a request, when a multipart field is too long, answers 413', async () => {
    expectFailure(await post().field('a', 'x'.repeat(70_000)), 413, 'PAYLOAD_TOO_LARGE');
  });

  test('a request, when it has no body, answers as ever', async () => {
    expect(dataOf(await post())).toEqual({});
  });
});

describe('query strings', () => {
  test.each([
    ['?page=1&page=2', 'page', 'REPEATED'],
    ['?a[$ne]=1', 'a[$ne]', 'NOT_ALLOWED'],
    ['?$where=1', '$where', 'NOT_ALLOWED'],
    ['?a[]=1', 'a[]', 'NOT_ALLOWED'],
  ])('a request, when its query is %s, answers 400 naming it', async (query, field, code) => {
    const answer = await app.api().get(`/thing${query}`);

    expectFailure(answer, 400, 'VALIDATION_FAILED');
    expect(answer.body.errors).toEqual([expect.objectContaining({ field, code })]);
  });
});

describe('request ids', () => {
  test('a request, when it brings a short and safe id, gets it back', async () => {
    const answer = await app.api().get('/thing').set('X-Request-Id', 'trace-1.A_b');

    expect(answer.headers['x-request-id']).toBe('trace-1.A_b');
  });

  test.each([['x'.repeat(65)], ['a b'], ['<script>'], ['a{b}']])(
    'a request, when it brings the id %p, gets a new one',
    async (id) => {
      const answer = await app.api().get('/thing').set('X-Request-Id', id);

      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test('a failure, when answered, carries the id of its header', async () => {
    const answer = await app.api().get('/nothing');

    expect(answer.body.requestId).toBe(answer.headers['x-request-id']);
  });
});

describe('unforeseen errors', () => {
  test('a handler, when it throws, answers 500, logs the cause, and tells the client nothing', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
    const broken = await startBareApp(
      [
        () => {
          throw new TypeError('cannot read secret of undefined');
        },
      ],
      logger,
    );

    const answer = await broken.api().get('/thing?token=hidden').set('Authorization', 'Bearer abc');
    await broken.stop();

    expectFailure(answer, 500, 'INTERNAL_ERROR');
    expect(answer.text).not.toContain('secret');
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 50,
      req: { id: answer.body.requestId, method: 'GET', path: '/thing' },
      res: { statusCode: 500 },
      err: { message: 'cannot read secret of undefined' },
    });
    expect(lines[0]).not.toMatch(/hidden|Bearer/);
  });

  test('a handler, when it throws after its answer began, cuts the connection', async () => {
    const broken = await startBareApp([
      (_request, response) => {
        response.write('half');
        throw new Error('too late');
      },
    ]);

    await expect(broken.api().get('/thing')).rejects.toThrow(/aborted|hang up/);
    await broken.stop();
  });
});
