import { readFileSync } from 'node:fs';
import { registerAndLogin } from '../helpers/accounts';
import { dataOf, expectFailure } from '../helpers/answers';
import { fixture } from '../helpers/fixtures';
import { sendVideo } from '../helpers/media-audit';
import { coversBadInput, coversBehaviour } from '../helpers/route-coverage';
import { startTestServer, type TestServer } from '../helpers/server';

let server: TestServer;
let file: string;
beforeAll(async () => {
  server = await startTestServer();
  const { accessToken } = await registerAndLogin(server);
  const { videoFile } = dataOf(await sendVideo(server, accessToken), 201);
  file = new URL(videoFile).pathname;
});
afterAll(() => server.stop());

describe('GET /media of the whole server', () => {
  const clip = readFileSync(fixture('clip.mp4'));

  test('a file, when asked for by a guest, is the one that was uploaded', async () => {
    const { status, body, type } = await server.api().get(file).buffer(true);

    expect({ status, type }).toEqual({ status: 200, type: 'video/mp4' });
    expect(clip.equals(body)).toBe(true);
  });

  test('a file, when a range of it is asked for, answers 206 with the range', async () => {
    const { status, headers } = await server.api().get(file).set('Range', 'bytes=100-199');

    expect(status).toBe(206);
    expect(headers['content-range']).toBe(`bytes 100-199/${clip.length}`);
  });

  test('a file, when the range lies behind its end, answers 416', async () => {
    const answer = await server.api().get(file).set('Range', `bytes=${clip.length}-`);

    expectFailure(answer, 416, 'RANGE_NOT_SATISFIABLE');
  });

  test.each([
    '/media/aa/bb/absent.mp4',
    '/media/aa/bb/..%2f..%2fsecrets',
    '/media/%00/bb/a.mp4',
    '/media/💣/שלום/a.png',
  ])('%s, when asked for, answers 404', async (address) => {
    expectFailure(
      await server.api().get(encodeURI(address).replaceAll('%25', '%')),
      404,
      'NOT_FOUND',
    );
  });
});

coversBehaviour('GET /media/:first/:second/:name');
coversBadInput('GET /media/:first/:second/:name', { anythingGoes: ['first', 'second', 'name'] });
