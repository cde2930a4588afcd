/**
 * The product's queries through the bare driver, and its answers made by hand: the same rows, the
 * same fields. What is missing is everything around them: validation, tokens, headers, logs, limits.
 */
import { ObjectId } from 'mongodb';
import {
  arrayPage,
  join,
  joinLiked,
  joinOwner,
  LIMIT,
  listedVideo,
  NEWEST_FIRST,
  page,
  pluginPage,
  presentChannel,
  presentComment,
  presentVideo,
  rankedVideo,
  visibleTo,
} from './floor-shapes.mjs';
import { createListAnswers } from './floor-lists.mjs';

const MOST_RANKED = 1000;
const FEED_CHANNELS = 1000;

/** @returns the answer of each route: `(viewer, argument) => data and pagination` */
export function createAnswers(client, databaseName) {
  const database = client.db(databaseName);
  const collection = (name) => database.collection(name);
  const aggregate = (name, stages) => collection(name).aggregate(stages).toArray();
  let turns = Promise.resolve();

  async function listVideos() {
    const [found, tallies] = await Promise.all([
      aggregate('videos', [{ $match: { isPublished: true } }, ...page(), ...listedVideo]),
      collection('videotallies').find().toArray(),
    ]);
    const total = tallies.reduce((sum, { published }) => sum + published, 0);
    return { data: pluginPage(found, total, presentVideo) };
  }

  async function searchVideos(_viewer, words) {
    const shown = [{ $set: { sortValue: '$relevance' } }, ...rankedVideo];
    const [{ rows, counted }] = await aggregate('videos', [
      { $match: { isPublished: true, $text: { $search: words } } },
      { $limit: MOST_RANKED },
      { $project: { relevance: { $meta: 'textScore' } } },
      { $sort: { relevance: -1, _id: -1 } },
      { $facet: { rows: [{ $limit: LIMIT + 1 }, ...shown], counted: [{ $count: 'total' }] } },
    ]);
    return { data: pluginPage(rows, counted[0]?.total ?? 0, presentVideo, 'relevance -1') };
  }

  async function showChannel(viewer, username) {
    const mine = [{ $match: { subscriber: viewer } }, { $limit: 1 }, { $project: { _id: 1 } }];
    const [channel] = await aggregate('users', [
      { $match: { username } },
      join('subscriptions', '_id', 'channel', mine, 'viewerSubscription'),
      { $set: { isSubscribed: { $gt: [{ $size: '$viewerSubscription' }, 0] } } },
      { $unset: ['password', 'viewerSubscription'] },
    ]);
    return { data: presentChannel(channel) };
  }

  async function listHistory(viewer) {
    const found = await aggregate('watchhistories', [
      { $match: { user: viewer } },
      ...page({ watchedAt: -1, _id: -1 }),
      join('videos', 'video', '_id', [{ $match: visibleTo(viewer) }, ...listedVideo], 'video'),
      { $set: { video: { $first: '$video' } } },
    ]);
    const present = (row) => ({
      ...presentVideo(row.video),
      watchedAt: row.watchedAt,
      progress: row.progress,
      completed: row.completed,
    });
    return arrayPage(found, present, 'watchedAt');
  }

  async function listComments(viewer, id) {
    const video = await findVideo(viewer, id, { topCommentsCount: 1 });
    const found = await aggregate('comments', [
      { $match: { video: video._id, parent: null } },
      ...page(),
      ...joinLiked(viewer, 'comment'),
      ...joinOwner,
    ]);
    return { data: pluginPage(found, video.topCommentsCount, presentComment) };
  }

  async function listFeed(viewer) {
    const subscriptions = await collection('subscriptions')
      .find({ subscriber: viewer }, { projection: { channel: 1 } })
      .sort(NEWEST_FIRST)
      .limit(FEED_CHANNELS)
      .toArray();
    const channels = subscriptions.map(({ channel }) => channel);
    const [found, [sum]] = await Promise.all([
      aggregate('videos', [
        { $match: { owner: { $in: channels }, isPublished: true } },
        ...page(),
        ...listedVideo,
      ]),
      aggregate('users', [
        { $match: { _id: { $in: channels } } },
        { $group: { _id: null, total: { $sum: '$videosCount' } } },
      ]),
    ]);
    return { data: pluginPage(found, sum.total, presentVideo) };
  }

  /** One after the other, as all of them write to one document: the product takes turns too. */
  function toggleLike(viewer, id) {
    const outcome = turns.then(async () => {
      const { _id } = await findVideo(viewer, id, { owner: 1, duration: 1 });
      return client.withSession((session) =>
        session.withTransaction(() => toggleWithin(session, viewer, _id)),
      );
    });
    turns = outcome.then(
      () => undefined,
      () => undefined,
    );
    return outcome.then((data) => ({ data }));
  }

  async function toggleWithin(session, likedBy, target) {
    const like = { likedBy, targetType: 'video', target };
    const videos = collection('videos');
    await videos.findOne({ _id: target }, { session, projection: { _id: 1 } });
    const { deletedCount } = await collection('likes').deleteOne(like, { session });
    const isLiked = deletedCount === 0;
    if (isLiked) {
      await collection('likes').insertOne({ ...like, createdAt: new Date() }, { session });
    }
    const $inc = { likesCount: isLiked ? 1 : -1 };
    const { owner, likesCount } = await videos.findOneAndUpdate(
      { _id: target },
      { $inc },
      { session, returnDocument: 'after', projection: { owner: 1, likesCount: 1 } },
    );
    const tally = owner.toHexString() + target.toHexString().slice(-1);
    await collection('channeltallies').updateOne({ _id: tally }, { $inc }, { session });
    return { isLiked, likesCount };
  }

  function findVideo(viewer, id, projection) {
    const filter = { _id: new ObjectId(id), ...visibleTo(viewer) };
    return collection('videos').findOne(filter, { projection });
  }

  return {
    listVideos,
    searchVideos,
    showChannel,
    listHistory,
    listComments,
    listFeed,
    toggleLike,
    ...createListAnswers(database),
  };
}
