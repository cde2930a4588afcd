import { readdir } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import type { Test } from 'supertest';
import { LocalStore } from '../../src/services/media/local-store';
import { bearer } from './accounts';
import { eventually } from './eventually';
import { fixture } from './fixtures';
import type { TestServer } from './server';

/** Publishes with the given files (fixture names) and texts; the answer is the caller's to judge. */
export function sendVideo(
  server: TestServer,
  accessToken: string | undefined,
  files: Readonly<Record<string, string>> = { videoFile: 'clip.mp4', thumbnail: 'picture.jpg' },
  texts: Readonly<Record<string, string>> = { title: 'A clip', description: 'Five seconds' },
): Test {
  const form = server.api().post('/api/v1/videos');
  if (accessToken !== undefined) form.set(bearer(accessToken));
  for (const [name, text] of Object.entries(texts)) form.field(name, text);
  for (const [name, file] of Object.entries(files)) form.attach(name, fixture(file));
  return form;
}

/** Ids of every file in the local store, sorted. */
export async function localFiles(server: TestServer): Promise<string[]> {
  const store = new LocalStore(path.join(server.dataDir, 'media'));
  await store.check();
  const ids: string[] = [];
  for await (const { publicId } of store.list()) ids.push(publicId);
  return ids.sort();
}

/** Holds once no upload is left on its way. */
export function expectNoTempFiles(server: TestServer): Promise<void> {
  return eventually(async () => expect(await readdir(server.tempDir)).toEqual([]));
}

/** Sends a share of a video form, waits until the server is writing it, and hangs up. */
export async function abandonVideo(
  server: TestServer,
  accessToken: string,
  content: Buffer,
  share: number,
): Promise<void> {
  const head = [
    '--frontier',
    'Content-Disposition: form-data; name="videoFile"; filename="clip.mp4"',
    'Content-Type: video/mp4',
    '',
    '',
  ].join('\r\n');
  const form = http.request(`${server.url}/api/v1/videos`, {
    method: 'POST',
    headers: {
      ...bearer(accessToken),
      'content-type': 'multipart/form-data; boundary=frontier',
      'content-length': String(head.length + content.length + 100),
    },
  });
  const closed = new Promise((resolve) => form.once('close', resolve));
  // Hanging up is the point: the client's own complaint about it is no news.
  form.on('error', () => undefined);
  form.write(head);
  form.write(content.subarray(0, Math.floor(content.length * share)));
  await eventually(async () => expect(await readdir(server.tempDir)).toHaveLength(1));
  form.destroy();
  await closed;
}
