/**
 * The product's queries through the bare driver, and its answers made by hand: the same rows, the
 * same fields. What is missing is everything around them: validation, tokens, headers, logs, limits.
 */
import { ObjectId } from 'mongodb';

const LIMIT = 20;
const MOST_RANKED = 1000;
const FEED_CHANNELS = 1000;
const NEWEST_FIRST = { createdAt: -1, _id: -1 };
const page = (order) => [{ $sort: order }, { $limit: LIMIT + 1 }];
const join = (from, localField, foreignField, pipeline, as) => ({
  $lookup: { from, localField, foreignField, pipeline, as },
});
const joinOwner = [
  join('users', 'owner', '_id', [{ $project: { username: 1, fullName: 1, avatar: 1 } }], 'owner'),
  { $set: { owner: { $first: '$owner' } } },
];
const listedVideo = [{ $unset: ['keys', 'relevance'] }, ...joinOwner];

/** @returns the answer of each route: `(viewer, argument) => data and pagination` */
export function createAnswers(client, databaseName) {
  const database = client.db(databaseName);
  const collection = (name) => database.collection(name);
  const aggregate = (name, stages) => collection(name).aggregate(stages).toArray();
  let turns = Promise.resolve();

  async function listVideos() {
    const [found, tallies] = await Promise.all([
      aggregate('videos', [
        { $match: { isPublished: true } },
        ...page(NEWEST_FIRST),
        ...listedVideo,
      ]),
      collection('videotallies').find().toArray(),
    ]);
    const total = tallies.reduce((sum, { published }) => sum + published, 0);
    return { data: pluginPage(found, total, presentVideo) };
  }

  async function searchVideos(_viewer, words) {
    const shown = [{ $set: { sortValue: '$relevance' } }, ...listedVideo];
    const [{ rows, counted }] = await aggregate('videos', [
      { $match: { isPublished: true, $text: { $search: words } } },
      { $limit: MOST_RANKED },
      { $set: { relevance: { $meta: 'textScore' } } },
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
    const visible = { $or: [{ isPublished: true }, { owner: viewer }] };
    const found = await aggregate('watchhistories', [
      { $match: { user: viewer } },
      ...page({ watchedAt: -1, _id: -1 }),
      join('videos', 'video', '_id', [{ $match: visible }, ...listedVideo], 'video'),
      { $set: { video: { $first: '$video' } } },
    ]);
    const rows = found.slice(0, LIMIT);
    const data = rows.map((row) => ({
      ...presentVideo(row.video),
      watchedAt: row.watchedAt,
      progress: row.progress,
      completed: row.completed,
    }));
    const last = rows.at(-1);
    const nextCursor = cursorOf(['watchedAt -1', last.watchedAt, last._id]);
    return {
      data,
      pagination: { limit: LIMIT, hasNextPage: found.length > LIMIT, nextCursor },
    };
  }

  async function listComments(viewer, id) {
    const video = await findVideo(viewer, id, { topCommentsCount: 1 });
    const mine = [{ $match: { likedBy: viewer, targetType: 'comment' } }, { $limit: 1 }];
    const found = await aggregate('comments', [
      { $match: { video: video._id, parent: null } },
      ...page(NEWEST_FIRST),
      join('likes', '_id', 'target', mine, 'isLiked'),
      { $set: { isLiked: { $gt: [{ $size: '$isLiked' }, 0] } } },
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
        ...page(NEWEST_FIRST),
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
    const { likesCount } = await videos.findOneAndUpdate(
      { _id: target },
      { $inc: { likesCount: isLiked ? 1 : -1 } },
      { session, returnDocument: 'after', projection: { likesCount: 1 } },
    );
    return { isLiked, likesCount };
  }

  function findVideo(viewer, id, projection) {
    const visible = { $or: [{ isPublished: true }, { owner: viewer }] };
    return collection('videos').findOne({ _id: new ObjectId(id), ...visible }, { projection });
  }

  return { listVideos, searchVideos, showChannel, listHistory, listComments, listFeed, toggleLike };
}

const cursorOf = (values) => Buffer.from(JSON.stringify(values)).toString('base64url');

/** @param order what a cursor says that it is a place in */
function pluginPage(found, total, present, order = 'createdAt -1') {
  const rows = found.slice(0, LIMIT);
  const hasNextPage = found.length > LIMIT;
  const totalDocs = hasNextPage ? Math.max(total, LIMIT + 1) : rows.length;
  const last = rows.at(-1);
  return {
    docs: rows.map(present),
    totalDocs,
    limit: LIMIT,
    page: 1,
    totalPages: Math.max(1, Math.ceil(totalDocs / LIMIT)),
    pagingCounter: 1,
    hasPrevPage: false,
    hasNextPage,
    prevPage: null,
    nextPage: hasNextPage ? 2 : null,
    nextCursor: hasNextPage
      ? cursorOf([order, last.sortValue ?? last.createdAt, last._id, rows.length, totalDocs])
      : null,
  };
}

const presentOwner = ({ _id, username, fullName, avatar }) => ({
  _id,
  username,
  fullName,
  avatar: avatar.url,
});

const presentVideo = (video) => ({
  _id: video._id,
  videoFile: video.videoFile.url,
  thumbnail: video.thumbnail.url,
  title: video.title,
  description: video.description,
  tags: video.tags,
  category: video.category,
  duration: video.duration,
  views: video.views,
  likesCount: video.likesCount,
  commentsCount: video.commentsCount,
  isPublished: video.isPublished,
  status: video.status,
  owner: presentOwner(video.owner),
  createdAt: video.createdAt,
  updatedAt: video.updatedAt,
});

const presentComment = (comment) => ({
  _id: comment._id,
  content: comment.content,
  video: comment.video,
  parent: comment.parent,
  owner: presentOwner(comment.owner),
  likesCount: comment.likesCount,
  isLiked: comment.isLiked,
  repliesCount: comment.repliesCount,
  createdAt: comment.createdAt,
  updatedAt: comment.updatedAt,
});

const presentChannel = (channel) => ({
  ...presentOwner(channel),
  coverImage: channel.coverImage?.url ?? '',
  description: channel.description,
  subscribersCount: channel.subscribersCount,
  channelsSubscribedToCount: channel.subscribedToCount,
  videosCount: channel.videosCount,
  isSubscribed: channel.isSubscribed,
  createdAt: channel.createdAt,
});
