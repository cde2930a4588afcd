import { MongoClient, ObjectId } from 'mongodb';
import { ADA } from './seed.mjs';

/** People who publish: the channels, and Ada. */
const OWNERS = 50;
const RARE_MATCHES = 40;
const BATCH = 5000;
const DATABASE = 'videotube';
const START = Date.UTC(2020, 0, 1);
const DAY_MILLISECONDS = 24 * 3600 * 1000;
const CATEGORIES = ['education', 'music', 'nature', 'sports', 'travel'];
const TAGS = ['bridges', 'clouds', 'coast', 'engines', 'forest', 'lathes', 'rivers', 'tides'];

/**
 * Grows every collection to `rows`, as few people and things as possible being concerned: Ada has
 * watched every video and likes every second one; one channel has all tweets and playlists. Where two
 * lists read a collection, each has one half of it: the subscribers of one channel and the
 * subscriptions of another, the comments on one video and the replies to one of them.
 * Rows are copies of what the product itself has written where it has written any.
 * @returns what the cases need to know
 */
export async function seedRelations(uri, rows) {
  const client = await MongoClient.connect(uri);
  const database = client.db(DATABASE);
  const ada = await database.collection('users').findOne({ username: ADA.username });
  const channels = await seedPeople(database, ada, rows);
  const owners = [...channels, ada._id];
  const videoIds = await seedVideos(database, { ada, owners, rows });
  const [video] = videoIds;
  await seedSubscriptions(database, channels, rows);
  const comment = await seedComments(database, { video, owners, rows });
  await seedChannelTallies(database, { owners, videoIds, rows });
  await seedLikes(database, { ada, video, videoIds });
  await seedOwnThings(database, { ada, channel: channels[0], videoIds, rows });
  await client.close();
  return {
    database: DATABASE,
    channel: 'channel0',
    video: video.toString(),
    comment: comment.toString(),
    owner: channels[0].toString(),
    follower: channels[1].toString(),
  };
}

/** @returns the ids of the channels, to each of which Ada subscribes; all have her password */
async function seedPeople(database, ada, rows) {
  const users = database.collection('users');
  const avatar = publicAsset(ada.avatar);
  const videos = { videosCount: rows / OWNERS, allVideosCount: rows / OWNERS };
  const channels = Array.from({ length: OWNERS - 1 }, (_, index) => ({
    ...ada,
    _id: new ObjectId(),
    username: `channel${index}`,
    email: `channel${index}@example.com`,
    avatar,
    ...videos,
    subscribersCount: index === 0 ? rows / 2 + 1 : 1,
    subscribedToCount: index === 1 ? rows / 2 : 0,
    tweetsCount: index === 0 ? rows : 0,
  }));
  await users.insertMany(channels);
  await users.updateOne({ _id: ada._id }, { $set: { avatar, ...videos } });
  const subscriptions = channels.map(({ _id }, index) => ({
    subscriber: ada._id,
    channel: _id,
    createdAt: new Date(START - index),
  }));
  await database.collection('subscriptions').insertMany(subscriptions);
  return channels.map(({ _id }) => _id);
}

async function seedVideos(database, { ada, owners, rows }) {
  const videos = database.collection('videos');
  const template = await videos.findOne({ owner: ada._id });
  const videoIds = Array.from({ length: rows }, () => new ObjectId());
  await insertRows(videos, rows, (index) => {
    const rare = index % Math.floor(rows / RARE_MATCHES) === 0;
    const title = `Clip number ${index}${rare ? ' of a zebra' : ''}`;
    const category = CATEGORIES[index % CATEGORIES.length];
    const tags = [TAGS[index % TAGS.length], TAGS[(index >> 3) % TAGS.length]];
    return {
      ...template,
      _id: videoIds[index],
      owner: owners[index % OWNERS],
      title,
      category,
      tags: [...new Set(tags)],
      videoFile: publicAsset(template.videoFile),
      thumbnail: publicAsset(template.thumbnail),
      keys: { title: title.toLowerCase(), category, tags: [...new Set(tags)] },
      views: viewsOf(index),
      ...written(index),
    };
  });
  // It has served as the template; whatever is listed from here on has a public address.
  await videos.deleteOne({ _id: template._id });
  await database.collection('videotallies').updateOne({}, { $inc: { published: rows - 1 } });
  await insertRows(database.collection('watchhistories'), rows, (index) => ({
    user: ada._id,
    video: videoIds[index],
    watchedAt: time(index),
    progress: 1,
    completed: false,
  }));
  return videoIds;
}

/** The newest of each half are between people who are there, so that a page of them is full. */
async function seedSubscriptions(database, channels, rows) {
  const half = rows / 2;
  const strangers = half - (channels.length - 2);
  await insertRows(database.collection('subscriptions'), rows, (index) => {
    const place = index % half;
    const person = place < strangers ? new ObjectId() : channels[2 + place - strangers];
    const pair =
      index < half
        ? { subscriber: person, channel: channels[0] }
        : { subscriber: channels[1], channel: person };
    return { ...pair, createdAt: time(index) };
  });
}

/** @returns the comment that has all the replies */
async function seedComments(database, { video, owners, rows }) {
  const half = rows / 2;
  const comment = new ObjectId();
  await insertRows(database.collection('comments'), rows, (index) => ({
    ...(index === 0 && { _id: comment }),
    video,
    parent: index < half ? null : comment,
    owner: owners[index % OWNERS],
    content: `Comment number ${index}`,
    likesCount: index % 100,
    repliesCount: index === 0 ? half : 0,
    ...written(index),
  }));
  const counters = { ...countersOfFirstVideo(rows), topCommentsCount: half };
  await database.collection('videos').updateOne({ _id: video }, { $set: counters });
  return comment;
}

/** What the counters of the videos add up to, by channel and the last digit of the video's id. */
async function seedChannelTallies(database, { owners, videoIds, rows }) {
  const tallies = new Map();
  for (const [index, videoId] of videoIds.entries()) {
    const _id = owners[index % OWNERS].toHexString() + videoId.toHexString().slice(-1);
    const { views } = tallies.get(_id) ?? { views: 0 };
    const more = index === 0 ? countersOfFirstVideo(rows) : {};
    tallies.set(_id, { ...tallies.get(_id), ...more, _id, views: views + viewsOf(index) });
  }
  await database.collection('channeltallies').insertMany([...tallies.values()]);
}

async function seedLikes(database, { ada, video, videoIds }) {
  await insertRows(database.collection('likes'), videoIds.length, (index) => ({
    ...(index % 2 === 0
      ? { likedBy: ada._id, target: videoIds[index] }
      : { likedBy: new ObjectId(), target: video }),
    targetType: 'video',
    createdAt: time(index),
  }));
}

async function seedOwnThings(database, { ada, channel, videoIds, rows }) {
  await insertRows(database.collection('tweets'), rows, (index) => ({
    owner: channel,
    content: `Tweet number ${index}`,
    likesCount: index % 10,
    ...written(index),
  }));
  await insertRows(database.collection('playlists'), rows, (index) => ({
    owner: channel,
    kind: 'list',
    name: `Playlist number ${index}`,
    description: '',
    isPublic: true,
    videos: [0, 1, 2].map((step) => videoIds[(index + step) % rows]),
    ...written(index),
  }));
  const today = Math.floor(Date.now() / DAY_MILLISECONDS) * DAY_MILLISECONDS;
  await insertRows(database.collection('dayviews'), 366, (index) => ({
    owner: ada._id,
    day: new Date(today - index * DAY_MILLISECONDS),
    views: index,
  }));
}

const viewsOf = (index) => index % 1000;
const countersOfFirstVideo = (rows) => ({ commentsCount: rows, likesCount: rows / 2 + 1 });
const time = (index) => new Date(START + index * 1000);
const written = (index) => ({ createdAt: time(index), updatedAt: time(index) });

/** A file as a media provider keeps it: the product's own files have its address in front. */
const publicAsset = (asset) => ({ ...asset, url: `https://media.example.com${asset.url}` });

/**
 * Ids and times grow together, as they do in life, so that indexes grow at their end. While the
 * database writes one batch, the next is made.
 */
async function insertRows(collection, rows, rowOf) {
  let pending = Promise.resolve();
  for (let start = 0; start < rows; start += BATCH) {
    const length = Math.min(BATCH, rows - start);
    const batch = Array.from({ length }, (_, index) => rowOf(start + index));
    const writing = collection.insertMany(batch, { ordered: false });
    await pending;
    pending = writing;
  }
  await pending;
}
