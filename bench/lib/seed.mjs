import { openAsBlob } from 'node:fs';
import path from 'node:path';
import { MongoClient, ObjectId } from 'mongodb';
import { ROOT } from './processes.mjs';

const CHANNELS = 50;
const RARE_MATCHES = 40;
const BATCH = 5000;
const ADA = { username: 'ada', password: 'analytical engine no. 1' };
const DATABASE = 'videotube';
const START = Date.UTC(2020, 0, 1);
const fixture = (name) => openAsBlob(path.join(ROOT, 'tests', 'fixtures', name));

/** @returns the access token of a person, and the session that it belongs to */
export async function signIn(url, username = ADA.username) {
  const { accessToken } = await post(`${url}/api/v1/users/login`, { ...ADA, username });
  const [, claims] = accessToken.split('.');
  const { sid } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8'));
  return { accessToken, session: sid };
}

/** Registers a person with the password that `signIn` knows. */
export async function register(url, username = ADA.username) {
  const account = new FormData();
  account.set('fullName', 'Ada Lovelace');
  account.set('email', `${username}@example.com`);
  account.set('username', username);
  account.set('password', ADA.password);
  account.set('avatar', await fixture('picture.png'), 'picture.png');
  await post(`${url}/api/v1/users/register`, account);
}

/** Registers one person and publishes one video over HTTP. */
export async function publishFirstVideo(url) {
  await register(url);
  const { accessToken } = await signIn(url);

  const video = new FormData();
  video.set('title', 'A picture');
  video.set('description', 'Five seconds of a test picture');
  video.set('videoFile', await fixture('clip.mp4'), 'clip.mp4');
  video.set('thumbnail', await fixture('picture.jpg'), 'picture.jpg');
  await post(`${url}/api/v1/videos`, video, accessToken);
}

/**
 * Grows every relation to `rows`, all of them around Ada: she has watched every video and subscribes
 * to every channel; one channel has all the subscribers, one video all the comments and likes.
 * Rows are copies of what the product itself has written where it has written any.
 * @returns what the cases need to know
 */
export async function seedRelations(uri, rows) {
  const client = await MongoClient.connect(uri);
  const database = client.db(DATABASE);
  const ada = await database.collection('users').findOne({ username: ADA.username });
  const template = await database.collection('videos').findOne({ owner: ada._id });
  const channels = await seedChannels(database, ada, rows);
  const time = (index) => new Date(START + index * 1000);
  const insert = (name, rowOf) => insertRows(database.collection(name), rows, rowOf);

  const videoIds = Array.from({ length: rows }, () => new ObjectId());
  await insert('videos', (index) => {
    const rare = index % Math.floor(rows / RARE_MATCHES) === 0;
    const title = `Clip number ${index}${rare ? ' of a zebra' : ''}`;
    return {
      ...template,
      _id: videoIds[index],
      owner: channels[index % CHANNELS],
      title,
      videoFile: publicAsset(template.videoFile),
      thumbnail: publicAsset(template.thumbnail),
      keys: { ...template.keys, title: title.toLowerCase() },
      views: index % 1000,
      createdAt: time(index),
      updatedAt: time(index),
    };
  });
  await insert('watchhistories', (index) => ({
    user: ada._id,
    video: videoIds[index],
    watchedAt: time(index),
    progress: 1,
    completed: false,
  }));
  await insert('subscriptions', (index) => ({
    subscriber: new ObjectId(),
    channel: channels[0],
    createdAt: time(index),
  }));
  const video = videoIds[0];
  await insert('comments', (index) => ({
    video,
    parent: null,
    owner: channels[index % CHANNELS],
    content: `Comment number ${index}`,
    likesCount: index % 100,
    repliesCount: 0,
    createdAt: time(index),
    updatedAt: time(index),
  }));
  await insert('likes', (index) => ({
    likedBy: new ObjectId(),
    targetType: 'video',
    target: video,
    createdAt: time(index),
  }));
  // It has served as the template; whatever is listed from here on has a public address.
  await database.collection('videos').deleteOne({ _id: template._id });
  const counters = { likesCount: rows, commentsCount: rows, topCommentsCount: rows };
  await database.collection('videos').updateOne({ _id: video }, { $set: counters });
  await database.collection('videotallies').updateOne({}, { $inc: { published: rows - 1 } });
  await client.close();
  return { database: DATABASE, channel: 'channel0', video: video.toString() };
}

/** @returns the ids of the channels, to each of which Ada subscribes */
async function seedChannels(database, ada, rows) {
  const channels = Array.from({ length: CHANNELS }, (_, index) => ({
    ...ada,
    _id: new ObjectId(),
    username: `channel${index}`,
    email: `channel${index}@example.com`,
    avatar: publicAsset(ada.avatar),
    subscribersCount: index === 0 ? rows + 1 : 1,
    videosCount: rows / CHANNELS,
    allVideosCount: rows / CHANNELS,
  }));
  await database.collection('users').insertMany(channels);
  const subscriptions = channels.map(({ _id }, index) => ({
    subscriber: ada._id,
    channel: _id,
    createdAt: new Date(START - index),
  }));
  await database.collection('subscriptions').insertMany(subscriptions);
  return channels.map(({ _id }) => _id);
}

/** A file as a media provider keeps it: the product's own files have its address in front. */
const publicAsset = (asset) => ({ ...asset, url: `https://media.example.com${asset.url}` });

/**
 * Ids and times grow together, as they do in life, so that indexes grow at their end. While the
 * database writes one batch, the next is made.
 */
async function insertRows(collection, rows, rowOf) {
  let written = Promise.resolve();
  for (let start = 0; start < rows; start += BATCH) {
    const length = Math.min(BATCH, rows - start);
    const batch = Array.from({ length }, (_, index) => rowOf(start + index));
    const writing = collection.insertMany(batch, { ordered: false });
    await written;
    written = writing;
  }
  await written;
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
