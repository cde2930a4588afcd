import net from 'node:net';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

/** Sends a request with so many headers, Host and Connection included. */
function get(headers: number): Promise<string> {
  const extra = Array.from({ length: headers - 2 }, (_, at) => `X-${at}: a`);
  const lines = ['GET /api/v1/healthcheck HTTP/1.1', 'Host: a', 'Connection: close', ...extra];
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = net.connect(Number(new URL(server.url).port), 'localhost');
    socket.on('data', (part) => (received += part.toString()));
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  });
}

test('a request, when it has 100 headers, is answered', async () => {
  expect(await get(100)).toMatch(/^HTTP\/1\.1 200 /);
});

test('a request, when it has 101 headers, is refused whole: none is left out silently', async () => {
  const received = await get(101);

  expect(received).toMatch(/^HTTP\/1\.1 431 /);
  expect(received).toContain('HEADERS_TOO_LARGE');
});
