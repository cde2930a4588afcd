/**
 * The floor that the product is measured against: node:http and the bare driver, with the product's
 * queries on the product's data and answers of the same shape. A signed-in request names its session
 * in a header, and that session is read: one read for each request, where the product reads the
 * sessions of all requests that arrive together at once. But nothing is validated, verified, limited,
 * logged or compressed.
 *
 *   node bench/floor.mjs <mongodb uri> <database> <upload folder>
 */
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { unlink } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MongoClient, ObjectId } from 'mongodb';
import { createAnswers } from './lib/floor-answers.mjs';

const [uri, databaseName, uploadFolder] = process.argv.slice(2);
const client = new MongoClient(uri);
const answers = createAnswers(client, databaseName);
const sessions = client.db(databaseName).collection('sessions');

/** Uploads below this address are answered once the disk has them (fsync). */
const DURABLE = '/durable';

const ROUTES = [
  [/^\/api\/v1\/videos$/, answers.listVideos],
  [/^\/api\/v1\/videos\?query=(\w+)$/, answers.searchVideos],
  [/^\/api\/v1\/videos\?userId=(\w+)$/, answers.listVideosOf],
  [/^\/api\/v1\/videos\/(\w+)\/related$/, answers.listRelated],
  [/^\/api\/v1\/search\/suggestions\?query=(\w+)$/, answers.suggest],
  [/^\/api\/v1\/users\/c\/(\w+)$/, answers.showChannel],
  [/^\/api\/v1\/users\/current-user$/, answers.showAccount],
  [/^\/api\/v1\/users\/history$/, answers.listHistory],
  [/^\/api\/v1\/comments\/(\w+)$/, answers.listComments],
  [/^\/api\/v1\/comments\/c\/(\w+)\/replies$/, answers.listReplies],
  [/^\/api\/v1\/tweets$/, answers.listTweets],
  [/^\/api\/v1\/tweets\/user\/(\w+)$/, answers.listTweetsOf],
  [/^\/api\/v1\/playlist\/user\/(\w+)$/, answers.listPlaylists],
  [/^\/api\/v1\/likes\/videos$/, answers.listLikedVideos],
  [/^\/api\/v1\/subscriptions\/feed$/, answers.listFeed],
  [/^\/api\/v1\/subscriptions\/c\/(\w+)$/, answers.listSubscribers],
  [/^\/api\/v1\/subscriptions\/u\/(\w+)$/, answers.listChannels],
  [/^\/api\/v1\/dashboard\/stats$/, answers.showStats],
  [/^\/api\/v1\/dashboard\/videos$/, answers.listOwnVideos],
  [/^\/api\/v1\/dashboard\/views$/, answers.listDailyViews],
  [/^\/api\/v1\/likes\/toggle\/v\/(\w+)$/, answers.toggleLike],
];

async function answer(request, response) {
  if (request.url === '/healthcheck') {
    response.end('{}');
    return;
  }
  if (request.url.endsWith('/api/v1/videos') && request.method === 'POST') {
    const file = path.join(uploadFolder, `floor-upload-${randomUUID()}`);
    const flush = request.url.startsWith(DURABLE);
    await pipeline(request, createWriteStream(file, { flush }));
    response.end('{}');
    await unlink(file);
    return;
  }
  const [[, argument], route] = ROUTES.map(([pattern, handler]) => [
    pattern.exec(request.url),
    handler,
  ]).find(([match]) => match);
  const body = JSON.stringify({
    statusCode: 200,
    ...(await route(await viewerOf(request), argument)),
    message: 'Success',
    success: true,
  });
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}

async function viewerOf({ headers }) {
  if (headers.session === undefined) return undefined;
  const now = new Date();
  const living = { expiresAt: { $gt: now }, endsAt: { $gt: now } };
  const session = await sessions.findOne({ _id: new ObjectId(headers.session), ...living });
  return session.user;
}

await client.connect();
const server = http.createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.statusCode = 500;
    response.end(String(error));
  });
});
server.listen(0, () => process.stdout.write(`listening ${server.address().port}\n`));
process.on('SIGTERM', () => {
  server.close(() => void client.close());
  server.closeAllConnections();
});
