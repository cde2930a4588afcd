import { once } from 'node:events';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createHttpServer } from '../../src/http-server';
import { TIME_LIMITS } from '../../src/utils/slow-clients';
import { registerAndLogin } from '../helpers/accounts';
import { eventually } from '../helpers/eventually';
import { expectNoTempFiles } from '../helpers/media-audit';
import { recordingLogger } from '../helpers/recording-logger';
import { startTestServer, type TestServer } from '../helpers/server';

const { logger, lines } = recordingLogger();
/**
 * So short that tests need not wait, and longer than a busy machine takes to get round to us; the
 * rate is one that the steady client below surpasses.
 */
const LIMITS = {
  headersMilliseconds: 1500,
  bodyMilliseconds: 1500,
  bodyBytesPerSecond: 40,
  stalledMilliseconds: 3000,
  checkMilliseconds: 50,
};

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ logger, timeLimits: LIMITS });
});
afterAll(() => server.stop());

/** Opens a connection and sends what it is given as it stands. */
function connect(bytes: string, url = server.url): { socket: Socket; received: Promise<string> } {
  const socket = net.connect(Number(new URL(url).port), 'localhost');
  let text = '';
  socket.setEncoding('latin1');
  socket.on('data', (part: string) => (text += part));
  const received = new Promise<string>((resolve, reject) => {
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
  socket.write(bytes);
  return { socket, received };
}

function head(path: string, ...headers: string[]): string {
  return [`POST /api/v1${path} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n');
}

function expectTimeout(received: string): void {
  expect(received).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
  expect(JSON.parse(received.split('\r\n\r\n')[1] ?? '')).toMatchObject({
    statusCode: 408,
    success: false,
    code: 'REQUEST_TIMEOUT',
  });
}

test('a connection, when its headers never end, is told 408 and closed', async () => {
  const { received } = connect('GET /api/v1/videos HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');

  expectTimeout(await received);
});

test('a JSON body, when it never arrives whole, is told 408 and closed', async () => {
  const { received } = connect(
    `${head('/users/login', 'Content-Type: application/json', 'Content-Length: 1000')}{"a`,
  );

  expectTimeout(await received);
});

test('a form, when it drips more slowly than the least rate, is told 408 and leaves no file', async () => {
  const { accessToken } = await registerAndLogin(server);
  const start = head(
    '/videos',
    `Authorization: Bearer ${accessToken}`,
    'Content-Type: multipart/form-data; boundary=edge',
    'Content-Length: 1000000',
  );
  const part =
    '--edge\r\nContent-Disposition: form-data; name="videoFile"; filename="a.mp4"\r\n' +
    'Content-Type: video/mp4\r\n\r\n';
  const { socket, received } = connect(start + part);
  const drip = setInterval(() => socket.write('x'), 200);

  try {
    expectTimeout(await received);
  } finally {
    clearInterval(drip);
  }
  await expectNoTempFiles(server);
});

test('a request without an end, when it was refused already, is closed without a second answer', async () => {
  const { received } = connect(
    `${head('/videos', 'Content-Type: multipart/form-data; boundary=edge', 'Content-Length: 1000')}--edge`,
  );

  const answers = (await received).match(/HTTP\/1\.1 \d{3}/g);

  expect(answers).toEqual(['HTTP/1.1 401']);
});

test('a body, when it comes slowly but steadily, is answered however long it takes', async () => {
  const body = JSON.stringify({ username: 'nobody', password: 'x'.repeat(200) });
  const { socket, received } = connect(
    head(
      '/users/login',
      'Content-Type: application/json',
      `Content-Length: ${body.length}`,
      'Connection: close',
    ),
  );

  for (let at = 0; at < body.length; at += 50) {
    socket.write(body.slice(at, at + 50));
    await delay(500);
  }

  expect(await received).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(await received).not.toContain('408');
});

test('an answer, when its reader takes nothing of it, is given up', async () => {
  const file = path.join(server.dataDir, 'media', '00', '00', `${'0'.repeat(32)}.mp4`);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, '');
  await truncate(file, 64 * 1024 * 1024);
  const address = `/media/00/00/${path.basename(file)}`;

  const { socket } = connect(`GET ${address} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  socket.on('error', () => undefined);
  socket.pause();

  await eventually(() => {
    const closed = lines().map(({ req }) => (req as { path?: string } | undefined)?.path);
    expect(closed).toContain(address);
  });
  socket.destroy();
});

test('an answer, when we are slower than any limit, is waited for', async () => {
  const slow: RequestListener = (_request, response) => {
    setTimeout(() => response.end('late'), 2500);
  };
  const bare = createHttpServer(slow, { ...LIMITS, stalledMilliseconds: 1000 });
  await once(bare.listen(0), 'listening');
  const url = `http://localhost:${(bare.address() as AddressInfo).port}`;

  const { received } = connect('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n', url);

  expect(await received).toMatch(/^HTTP\/1\.1 200 /);
  bare.close();
});

test('the limits, in the product, are seconds for heads and bodies and an hour for the longest upload', () => {
  expect(TIME_LIMITS).toMatchObject({
    headersMilliseconds: 20_000,
    bodyMilliseconds: 30_000,
    bodyBytesPerSecond: 4096,
    requestMilliseconds: 3_600_000,
    stalledMilliseconds: 60_000,
  });
});
