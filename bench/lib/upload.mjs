import { readFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { residentBytes, ROOT } from './processes.mjs';

const CHUNK_BYTES = 256 * 1024;
const SAMPLE_MILLISECONDS = 50;
/** As long as those of browsers: what looks for it skips as far. */
const BOUNDARY = '----WebKitFormBoundaryX3bY6PBMcxB1vCan';

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
  yield part('title', 'A large one') + part('description', 'A clip and a long box');
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

/** Publishes a large video and watches the server's memory meanwhile. */
export async function measureUpload({ url, pid }, bytes, accessToken) {
  const thumbnail = await readFile(path.join(ROOT, 'tests', 'fixtures', 'picture.jpg'));
  const headers = {
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    ...(accessToken && { authorization: `Bearer ${accessToken}` }),
  };
  const before = residentBytes(pid);
  let most = before;
  const sampling = setInterval(() => {
    most = before === undefined ? undefined : Math.max(most, residentBytes(pid));
  }, SAMPLE_MILLISECONDS);
  const startedAt = performance.now();
  const status = await send(`${url}/api/v1/videos`, headers, videoForm(thumbnail, bytes));
  const seconds = (performance.now() - startedAt) / 1000;
  clearInterval(sampling);
  if (status >= 300) throw new Error(`the upload was answered with ${status}`);
  return {
    mebibytesPerSecond: bytes / 1024 ** 2 / seconds,
    extraMebibytes: before === undefined ? undefined : (most - before) / 1024 ** 2,
  };
}

async function send(address, headers, body) {
  const request = http.request(address, { method: 'POST', headers });
  const answered = new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
  });
  await pipeline(Readable.from(body, { objectMode: false }), request);
  const response = await answered;
  response.resume();
  return response.statusCode;
}
