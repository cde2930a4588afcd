import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import request from 'supertest';
import { Upload as TusUpload } from 'tus-js-client';
import { accountFields, bearer, registerAndLogin } from '../helpers/accounts';
import { startCuttingProxy } from '../helpers/cutting-proxy';
import { eventually } from '../helpers/eventually';
import { loginAt, registerAt, serverRuns } from '../helpers/server-runs';
import { startTestServer } from '../helpers/server';
import { openPatch, TUS, UPLOADS } from '../helpers/uploads';

const BYTES = 1_500_000;
const RETRY_DELAYS = [0, 200, 500, 1000, 2000, 5000, 5000];

interface Sent {
  /** Where the upload lies. */
  url: string;
  /** What the client asked, e.g. `PATCH 204`. */
  requests: string[];
}

/** Uploads as any client of the library does it. */
async function sendByTus(
  serverUrl: string,
  accessToken: string,
  content: Buffer,
  uploadUrl?: string,
): Promise<Sent> {
  const requests: string[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    const upload = new TusUpload(content, {
      endpoint: `${serverUrl}${UPLOADS}`,
      ...(uploadUrl === undefined ? {} : { uploadUrl }),
      headers: bearer(accessToken),
      metadata: { filename: 'clip.mp4', filetype: 'video/mp4' },
      retryDelays: RETRY_DELAYS,
      onAfterResponse: (sent, answer) =>
        void requests.push(`${sent.getMethod()} ${answer.getStatus()}`),
      onError: reject,
      onSuccess: () => resolve(upload.url ?? ''),
    });
    upload.start();
  });
  return { url, requests };
}

describe('a client of tus', () => {
  test('a file, when the line holds, is there in one piece', async () => {
    const server = await startTestServer();
    try {
      const { accessToken } = await registerAndLogin(server);
      const content = randomBytes(BYTES);

      const { url, requests } = await sendByTus(server.url, accessToken, content);

      expect(requests).toEqual(['POST 201', 'PATCH 204']);
      const stored = await readFile(path.join(server.config.uploadsDir, path.basename(url)));
      expect(stored.equals(content)).toBe(true);
    } finally {
      await server.stop();
    }
  });

  test('a file, when the line breaks in the middle, goes on from there', async () => {
    const server = await startTestServer();
    const proxy = await startCuttingProxy(server.url, BYTES / 2);
    try {
      const { accessToken } = await registerAndLogin(server);
      const content = randomBytes(BYTES);

      const { url, requests } = await sendByTus(proxy.url, accessToken, content);

      expect(proxy.cuts()).toBe(1);
      // The PATCH that was cut had no answer. On a busy machine the server may still be writing down
      // what came of it when it is asked how far it got; then the client is told, and asks again.
      const ends = [requests[0], ...requests.slice(-2)];
      expect(ends).toEqual(['POST 201', 'HEAD 200', 'PATCH 204']);
      expect(requests.filter((request) => request.startsWith('POST'))).toHaveLength(1);
      const stored = await readFile(path.join(server.config.uploadsDir, path.basename(url)));
      expect(stored.equals(content)).toBe(true);
    } finally {
      await proxy.stop();
      await server.stop();
    }
  });
});

describe('a server that is killed', () => {
  const start = serverRuns();

  test('a file, when the server was killed in the middle, goes on from what had come', async () => {
    const fields = accountFields();
    const first = start();
    const before = await first.ready();
    expect(await registerAt(before, fields)).toBe(201);
    const accessToken = await loginAt(before, fields);
    const content = randomBytes(BYTES);
    const announced = await request(before)
      .post(UPLOADS)
      .set({ ...TUS, ...bearer(accessToken), 'Upload-Length': String(BYTES) });
    const uploadId = announced.body.data._id as string;
    const patch = openPatch({ url: before }, accessToken, uploadId, { bytes: BYTES });
    patch.write(content.subarray(0, BYTES / 2));
    const show = (url: string) =>
      request(url).get(`${UPLOADS}/${uploadId}`).set(bearer(accessToken));
    await eventually(async () =>
      expect((await show(before)).body.data).toMatchObject({ offset: BYTES / 2 }),
    );

    first.child.kill('SIGKILL');
    await first.exited();
    const after = await start().ready();
    const sent = await sendByTus(after, accessToken, content, `${after}${UPLOADS}/${uploadId}`);

    expect((await patch.answered).status).toBe(0);
    // Until the lease of the dead process is over, the upload is locked.
    expect(sent.requests.filter((line) => line !== 'HEAD 423')).toEqual(['HEAD 200', 'PATCH 204']);
    expect((await show(after)).body.data).toMatchObject({ offset: BYTES, isComplete: true });
  });
});
