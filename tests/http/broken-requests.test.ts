import net from 'node:net';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Sends bytes as they stand, and answers everything that comes back before the connection ends. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(new URL(server.url).port), 'localhost');
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => (received += text));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    socket.write(bytes);
  });
}

function parse(received: string) {
  const [head = '', body = ''] = received.split('\r\n\r\n');
  const [status = '', ...headers] = head.split('\r\n');
  return { status, headers: headers.join('\n').toLowerCase(), body: JSON.parse(body) as unknown };
}

describe('requests that are no valid HTTP', () => {
  test.each([
    [
      'an address of 20 KiB',
      `GET /api/v1/videos?query=${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    [
      'headers of 20 KiB',
      `GET /api/v1/videos HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`,
      431,
      'HEADERS_TOO_LARGE',
    ],
    ['no request line', 'hello\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    [
      'both a length and chunks',
      'POST /api/v1/tweets HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'MALFORMED_REQUEST',
    ],
    [
      'broken chunks',
      'POST /api/v1/users/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      400,
      'MALFORMED_REQUEST',
    ],
    ['no host', 'GET /api/v1/videos HTTP/1.1\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    [
      'two hosts',
      'GET /api/v1/videos HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
      400,
      'MALFORMED_REQUEST',
    ],
  ])('a request, when it has %s, answers in the envelope', async (_what, bytes, status, code) => {
    const answer = parse(await exchange(bytes));

    expect(answer.status).toMatch(new RegExp(`^HTTP/1.1 ${status} \\w`));
    expect(answer.headers).toContain('content-type: application/json');
    expect(answer.body).toEqual({
      statusCode: status,
      data: null,
      success: false,
      message: expect.stringMatching(/\S/),
      errors: [],
      code,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    const { requestId } = answer.body as { requestId: string };
    expect(answer.headers).toContain(`x-request-id: ${requestId}`);
  });

  test.each([
    ['of HTTP/1.0 names no host', 'GET /api/v1/healthcheck HTTP/1.0\r\n\r\n'],
    [
      'expects what nobody knows',
      'GET /api/v1/healthcheck HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: a-miracle\r\n\r\n',
    ],
  ])('a request, when it %s, is answered as any other', async (_what, bytes) => {
    const answer = parse(await exchange(bytes));

    expect(answer.status).toBe('HTTP/1.1 200 OK');
    expect(answer.body).toMatchObject({ data: { status: 'ok' }, success: true });
  });

  test('a connection, when a good request is followed by a broken one, answers both in turn', async () => {
    const good = 'GET /api/v1/healthcheck HTTP/1.1\r\nHost: a\r\n\r\n';
    const socket = net.connect(Number(new URL(server.url).port), 'localhost');
    socket.setEncoding('utf8');
    let received = '';
    socket.on('data', (text: string) => {
      received += text;
      if (received.includes('"status":"ok"') && !received.includes('MALFORMED')) {
        socket.write('hello\r\n\r\n');
      }
    });
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write(good);
    await closed;

    expect(received.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });
});
