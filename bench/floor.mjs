/**
 * The floor that the product is measured against: node:http and the bare driver, with the product's
 * queries on the product's data, and nothing else. No validation, no headers, no logs, no tokens.
 *
 *   node bench/floor.mjs <mongodb uri> <database> <upload folder>
 */
import { createWriteStream } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { MongoClient } from 'mongodb';

const [uri, databaseName, uploadFolder] = process.argv.slice(2);
const client = new MongoClient(uri);
const database = client.db(databaseName);
const videos = database.collection('videos');
const users = database.collection('users');
const tallies = database.collection('videotallies');

const LIMIT = 20;
const OWNER = { username: 1, fullName: 1, avatar: 1 };

async function listVideos() {
  const filter = { isPublished: true };
  const [found, parts] = await Promise.all([
    videos
      .aggregate([
        { $match: filter },
        { $sort: { createdAt: -1, _id: -1 } },
        { $limit: LIMIT + 1 },
        { $unset: 'keys' },
        {
          $lookup: {
            from: 'users',
            localField: 'owner',
            foreignField: '_id',
            pipeline: [{ $project: OWNER }],
            as: 'owner',
          },
        },
        { $set: { owner: { $first: '$owner' } } },
      ])
      .toArray(),
    tallies.find().toArray(),
  ]);
  const totalDocs = parts.reduce((total, { published }) => total + published, 0);
  return { docs: found.slice(0, LIMIT), totalDocs };
}

async function showChannel(username) {
  const [channel] = await users
    .aggregate([{ $match: { username } }, { $unset: ['password', 'email'] }])
    .toArray();
  return channel;
}

async function answer(request, response) {
  if (request.method === 'POST') {
    await pipeline(request, createWriteStream(path.join(uploadFolder, 'floor-upload')));
    response.end('{}');
    return;
  }
  const channel = /\/users\/c\/(\w+)$/.exec(request.url);
  const data = channel ? await showChannel(channel[1]) : await listVideos();
  const body = JSON.stringify({ statusCode: 200, data, success: true });
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
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
