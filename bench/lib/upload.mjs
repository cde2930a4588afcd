import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { residentBytes, ROOT } from './processes.mjs';

const CHUNK_BYTES = 256 * 1024;
const SAMPLE_MILLISECONDS = 50;
/** As long as those of browsers: what looks for it skips as far. */
const BOUNDARY = '----WebKitFormBoundaryX3bY6PBMcxB1vCan';

const TITLE = 'A large one';

/** A playable video of any size: the clip, and behind it a box that players skip. */
async function* largeVideo(bytes) {
  const clip = await readFile(path.join(ROOT, 'tests', 'fixtures', 'clip.mp4'));
  const boxHead = Buffer.from('\0\0\0\0free');
  const boxBytes = bytes - clip.length;
  boxHead.writeUInt32BE(boxBytes, 0);
  yield Buffer.concat([clip, boxHead]);
  const chunk = Buffer.alloc(CHUNK_BYTES);
  for (let left = boxBytes - boxHead.length; left > 0; left -= CHUNK_BYTES) {
    yield chunk.subarray(0, left);
  }
}

async function* videoForm(thumbnail, bytes) {
  yield part('title', TITLE) + part('description', 'A clip and a long box');
  yield partHead('thumbnail', 'picture.jpg', 'image/jpeg');
  yield thumbnail;
  yield `\r\n${partHead('videoFile', 'large.mp4', 'video/mp4')}`;
  yield* largeVideo(bytes);
  yield `\r\n--${BOUNDARY}--\r\n`;
}

const part = (name, text) =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
const partHead = (name, file, type) =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"; filename="${file}"\r\n` +
  `Content-Type: ${type}\r\n\r\n`;

/** Publishes a video of so many bytes as a form. @throws Error unless it is answered with a 2xx */
export async function uploadForm({ url }, bytes, accessToken) {
  const thumbnail = await readFile(path.join(ROOT, 'tests', 'fixtures', 'picture.jpg'));
  const headers = {
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    ...authorization(accessToken),
  };
  const body = videoForm(thumbnail, bytes);
  return send('POST', `${url}/api/v1/videos`, headers, body);
}

/** Sends as many bytes by tus, in one PATCH. */
export async function uploadByTus({ url }, bytes, accessToken) {
  const headers = { 'tus-resumable': '1.0.0', ...authorization(accessToken) };
  const created = await fetch(`${url}/api/v1/uploads`, {
    method: 'POST',
    headers: { ...headers, 'upload-length': String(bytes) },
  });
  if (created.status !== 201) throw new Error(`a new upload was answered with ${created.status}`);
  const patch = {
    ...headers,
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
    'content-length': String(bytes),
  };
  const address = new URL(created.headers.get('location'), url).href;
  await send('PATCH', address, patch, largeVideo(bytes));
}

/** Deletes what the functions above have sent. */
export async function deleteUploads({ url }, accessToken) {
  const headers = { 'tus-resumable': '1.0.0', ...authorization(accessToken) };
  const listed = async (address) =>
    (await (await fetch(`${url}/api/v1${address}`, { headers })).json()).data;
  const videos = await listed('/dashboard/videos?limit=100');
  const uploads = await listed('/uploads?limit=100');
  const addresses = [
    ...videos.filter(({ title }) => title === TITLE).map(({ _id }) => `/videos/${_id}`),
    ...uploads.map(({ _id }) => `/uploads/${_id}`),
  ];
  for (const address of addresses) {
    await fetch(`${url}/api/v1${address}`, { method: 'DELETE', headers });
  }
}

const authorization = (accessToken) => accessToken && { authorization: `Bearer ${accessToken}` };

/** Runs `work` and watches what a process holds in memory meanwhile. */
export async function watchMemory({ pid }, work) {
  const before = residentBytes(pid);
  let most = before;
  const sampling = setInterval(() => {
    most = before === undefined ? undefined : Math.max(most, residentBytes(pid));
  }, SAMPLE_MILLISECONDS);
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(sampling);
  return {
    seconds,
    extraMebibytes: before === undefined ? undefined : (most - before) / 1024 ** 2,
  };
}

async function send(method, address, headers, body) {
  const request = http.request(address, { method, headers });
  const answered = new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
  });
  await pipeline(Readable.from(body, { objectMode: false }), request);
  const response = await answered;
  const text = await readText(response);
  if (response.statusCode >= 300) {
    throw new Error(`${method} ${address} was answered with ${response.statusCode}: ${text}`);
  }
  return text;
}
