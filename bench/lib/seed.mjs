import { openAsBlob } from 'node:fs';
import path from 'node:path';
import { MongoClient, ObjectId } from 'mongodb';
import { ROOT } from './processes.mjs';

const CHANNELS = 50;
export const VIDEOS = 5000;
const DATABASE = 'videotube';
const fixture = (name) => openAsBlob(path.join(ROOT, 'tests', 'fixtures', name));

/** Registers one person and publishes one video over HTTP, and signs the person in. */
export async function publishFirstVideo(url) {
  const password = 'analytical engine no. 1';
  const account = new FormData();
  account.set('fullName', 'Ada Lovelace');
  account.set('email', 'ada@example.com');
  account.set('username', 'ada');
  account.set('password', password);
  account.set('avatar', await fixture('picture.png'), 'picture.png');
  await post(`${url}/api/v1/users/register`, account);
  const { accessToken } = await post(`${url}/api/v1/users/login`, { username: 'ada', password });

  const video = new FormData();
  video.set('title', 'A clip');
  video.set('description', 'Five seconds of a test picture');
  video.set('videoFile', await fixture('clip.mp4'), 'clip.mp4');
  video.set('thumbnail', await fixture('picture.jpg'), 'picture.jpg');
  await post(`${url}/api/v1/videos`, video, accessToken);
  return accessToken;
}

/** Multiplies what the product itself has written: same documents, other ids, names and times. */
export async function multiplyData(uri) {
  const client = await MongoClient.connect(uri);
  const database = client.db(DATABASE);
  const user = await database.collection('users').findOne({ username: 'ada' });
  const video = await database.collection('videos').findOne({ owner: user._id });
  const channels = Array.from({ length: CHANNELS }, (_, index) => ({
    ...user,
    _id: new ObjectId(),
    username: `channel${index}`,
    email: `channel${index}@example.com`,
    videosCount: VIDEOS / CHANNELS,
    allVideosCount: VIDEOS / CHANNELS,
  }));
  await database.collection('users').insertMany(channels);
  const videos = Array.from({ length: VIDEOS }, (_, index) => ({
    ...video,
    _id: new ObjectId(),
    owner: channels[index % CHANNELS]._id,
    title: `Clip number ${index}`,
    views: (index * 7919) % 100_000,
    createdAt: new Date(video.createdAt.getTime() - index * 60_000),
  }));
  for (let start = 0; start < VIDEOS; start += 500) {
    await database.collection('videos').insertMany(videos.slice(start, start + 500));
  }
  await database
    .collection('videotallies')
    .updateOne({}, { $inc: { published: VIDEOS } }, { upsert: true });
  await client.close();
  return { database: DATABASE, channel: channels[0].username };
}

async function post(address, body, accessToken) {
  const isForm = body instanceof FormData;
  const response = await fetch(address, {
    method: 'POST',
    headers: {
      ...(!isForm && { 'content-type': 'application/json' }),
      ...(accessToken && { authorization: `Bearer ${accessToken}` }),
    },
    body: isForm ? body : JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${address} answered ${response.status}: ${answer.message}`);
  return answer.data;
}
