import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { bearer, registerAndLogin } from '../helpers/accounts';
import { dataOf } from '../helpers/answers';
import { eventually } from '../helpers/eventually';
import { installedFfmpeg } from '../helpers/ffmpeg';
import { expectNoTempFiles, sendVideo } from '../helpers/media-audit';
import { startTestServer, type TestServer } from '../helpers/server';

const ffmpeg = installedFfmpeg('a server with ffmpeg');

(ffmpeg ? describe : describe.skip)('a server with ffmpeg', () => {
  let server: TestServer;
  let accessToken: string;
  beforeAll(async () => {
    server = await startTestServer({
      env: { FFMPEG_PATH: 'ffmpeg', PATH: process.env.PATH ?? '' },
    });
    ({ accessToken } = await registerAndLogin(server));
  });
  afterAll(() => server.stop());

  const get = (address: string) => server.api().get(new URL(address).pathname).buffer(true);
  const details = async (videoId: string) =>
    dataOf(await server.api().get(`/api/v1/videos/${videoId}`).set(bearer(accessToken)));

  /** The first line of a playlist that names a file, as an address. */
  async function firstIn(playlist: string): Promise<string> {
    const { status, text, body } = await get(playlist);
    expect(status).toBe(200);
    const lines = (text ?? String(body)).split('\n');
    return new URL(lines.find((line) => line !== '' && !line.startsWith('#')) ?? '', playlist).href;
  }

  test('a video without a thumbnail, is published with one, streams soon, and leaves nothing when deleted', async () => {
    const published = dataOf(await sendVideo(server, accessToken, { videoFile: 'clip.mp4' }), 201);
    const picture = await get(published.thumbnail);
    expect([picture.status, picture.type]).toEqual([200, 'image/jpeg']);

    await eventually(async () => {
      expect((await details(published._id)).hlsStatus).toBe('ready');
    });
    const { hlsUrl } = await details(published._id);
    const segment = await get(await firstIn(await firstIn(hlsUrl)));
    expect([segment.status, segment.type]).toEqual([200, 'video/mp2t']);

    await server
      .api()
      .delete(`/api/v1/videos/${published._id}`)
      .set(bearer(accessToken))
      .expect(200);
    await eventually(async () => {
      expect((await get(hlsUrl)).status).toBe(404);
      const left = await readdir(path.join(server.dataDir, 'media'), { recursive: true });
      // The avatar of the account alone, in its two folders.
      expect(left.filter((name) => /\.|[0-9a-f]{32}/.test(name))).toEqual([
        expect.stringMatching(/\.png$/),
      ]);
    });
    await expectNoTempFiles(server);
  });
});
