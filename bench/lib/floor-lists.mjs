/** The floor's further lists: what belongs to one person, one comment or one video. */
import { ObjectId } from 'mongodb';
import {
  arrayPage,
  join,
  joinLiked,
  joinOwner,
  listedVideo,
  NEWEST_FIRST,
  page,
  pluginPage,
  presentAccount,
  presentComment,
  presentPerson,
  presentPlaylist,
  presentTweet,
  presentVideo,
  rankedVideo,
  visibleTo,
} from './floor-shapes.mjs';

const CANDIDATES_OF_EACH_KIND = 60;
const DAYS = 28;
const DAY_MILLISECONDS = 24 * 3600 * 1000;

/** @returns the answer of each route: `(viewer, argument) => data and pagination` */
export function createListAnswers(database) {
  const collection = (name) => database.collection(name);
  const aggregate = (name, stages) => collection(name).aggregate(stages).toArray();
  const requireChannel = (_id) => collection('users').findOne({ _id }, { projection: { _id: 1 } });

  async function listVideosOf(_viewer, id) {
    const owner = new ObjectId(id);
    const projection = { videosCount: 1, allVideosCount: 1 };
    const [found, { videosCount }] = await Promise.all([
      aggregate('videos', [{ $match: { owner, isPublished: true } }, ...page(), ...listedVideo]),
      collection('users').findOne({ _id: owner }, { projection }),
    ]);
    return { data: pluginPage(found, videosCount, presentVideo) };
  }

  async function listRelated(viewer, id) {
    const filter = { _id: new ObjectId(id), ...visibleTo(viewer) };
    const options = { projection: { owner: 1, keys: 1 } };
    const video = await collection('videos').findOne(filter, options);
    return arrayPage(await aggregate('videos', relatedStages(video)), presentVideo, 'likeness');
  }

  async function suggest(_viewer, typed) {
    const range = { $gte: typed, $lt: `${typed}\u{10ffff}` };
    // All titles are different, so that the first read is enough.
    const titled = await collection('videos')
      .find({ isPublished: true, 'keys.title': range }, { projection: { title: 1 } })
      .sort({ 'keys.title': 1, _id: 1 })
      .limit(10)
      .toArray();
    return { data: titled.map(({ title }) => title) };
  }

  async function showAccount(viewer) {
    const options = { projection: { password: 0 } };
    return { data: presentAccount(await collection('users').findOne({ _id: viewer }, options)) };
  }

  async function listReplies(viewer, id) {
    const shown = [...joinLiked(viewer, 'comment'), ...joinOwner];
    const visible = [{ $match: visibleTo(viewer) }, { $project: { _id: 1 } }];
    const [comment] = await aggregate('comments', [
      { $match: { _id: new ObjectId(id) } },
      join('videos', 'video', '_id', visible, 'visible'),
      { $match: { visible: { $ne: [] } } },
      { $unset: 'visible' },
      ...shown,
    ]);
    const found = await aggregate('comments', [
      { $match: { parent: comment._id } },
      ...page(),
      ...shown,
    ]);
    return { data: pluginPage(found, comment.repliesCount, presentComment) };
  }

  async function pageOfTweets(filter, viewer) {
    const shown = [...joinLiked(viewer, 'tweet'), ...joinOwner];
    return arrayPage(
      await aggregate('tweets', [{ $match: filter }, ...page(), ...shown]),
      presentTweet,
    );
  }

  async function listTweetsOf(viewer, id) {
    const owner = new ObjectId(id);
    await requireChannel(owner);
    return pageOfTweets({ owner }, viewer);
  }

  async function listPlaylists(viewer, id) {
    const owner = new ObjectId(id);
    await requireChannel(owner);
    const person = [{ $project: { username: 1, fullName: 1, avatar: 1 } }];
    const visible = [{ $match: visibleTo(viewer) }, { $unset: 'keys' }];
    const found = await aggregate('playlists', [
      { $match: { owner, kind: 'list', isPublic: true } },
      ...page(),
      join('videos', 'videos', '_id', visible, 'visibleVideos'),
      join('users', 'visibleVideos.owner', '_id', person, 'videoOwners'),
      ...joinOwner,
    ]);
    return arrayPage(found, presentPlaylist);
  }

  async function listLikedVideos(viewer) {
    const shown = [{ $match: visibleTo(viewer) }, ...listedVideo];
    const found = await aggregate('likes', [
      { $match: { likedBy: viewer, targetType: 'video' } },
      ...page(),
      join('videos', 'target', '_id', shown, 'video'),
      { $set: { video: { $first: '$video' } } },
    ]);
    return arrayPage(found, ({ video }) => presentVideo(video));
  }

  async function listSubscribers(viewer, id) {
    const channel = new ObjectId(id);
    await requireChannel(channel);
    const found = await aggregate('subscriptions', [
      { $match: { channel } },
      ...page(),
      ...joinPerson('subscriber', viewer),
    ]);
    return arrayPage(found, ({ _id, person, createdAt }) => ({
      _id,
      subscriber: presentPerson(person),
      createdAt,
    }));
  }

  async function listChannels(viewer, id) {
    const subscriber = new ObjectId(id);
    await requireChannel(subscriber);
    const latest = [{ $match: { isPublished: true } }, { $sort: NEWEST_FIRST }, { $limit: 1 }];
    const found = await aggregate('subscriptions', [
      { $match: { subscriber } },
      ...page(),
      ...joinPerson('channel', viewer, [
        join('videos', '_id', 'owner', [...latest, { $unset: ['keys', 'owner'] }], 'latestVideo'),
        { $set: { latestVideo: { $first: '$latestVideo' } } },
      ]),
    ]);
    return arrayPage(found, ({ _id, person, createdAt }) => {
      const latestVideo = presentVideo({ ...person.latestVideo, owner: person });
      const channel = { ...presentPerson(person), latestVideo };
      return { _id, channel, subscribedChannel: channel, createdAt };
    });
  }

  async function showStats(owner) {
    const projection = { allVideosCount: 1, subscribersCount: 1, tweetsCount: 1 };
    const id = owner.toHexString();
    const [user, tallies] = await Promise.all([
      collection('users').findOne({ _id: owner }, { projection }),
      collection('channeltallies')
        .find({ _id: { $gte: id, $lt: `${id}g` } })
        .toArray(),
    ]);
    const sum = (field) => tallies.reduce((total, tally) => total + (tally[field] ?? 0), 0);
    const data = {
      totalVideos: user.allVideosCount,
      totalViews: sum('views'),
      totalSubscribers: user.subscribersCount,
      totalLikes: sum('likesCount'),
      totalComments: sum('commentsCount'),
      totalTweets: user.tweetsCount,
    };
    return { data };
  }

  async function listOwnVideos(owner) {
    return arrayPage(
      await aggregate('videos', [{ $match: { owner } }, ...page(), ...listedVideo]),
      presentVideo,
    );
  }

  async function listDailyViews(owner) {
    const today = Math.floor(Date.now() / DAY_MILLISECONDS) * DAY_MILLISECONDS;
    const first = today - (DAYS - 1) * DAY_MILLISECONDS;
    const filter = { owner, day: { $gte: new Date(first) } };
    const rows = await collection('dayviews').find(filter).toArray();
    const counted = new Map(rows.map(({ day, views }) => [day.getTime(), views]));
    const data = Array.from({ length: DAYS }, (_, index) => {
      const day = first + index * DAY_MILLISECONDS;
      return { date: new Date(day).toISOString().slice(0, 10), views: counted.get(day) ?? 0 };
    });
    return { data };
  }

  return {
    listVideosOf,
    listRelated,
    suggest,
    showAccount,
    listReplies,
    listTweets: (viewer) => pageOfTweets({}, viewer),
    listTweetsOf,
    listPlaylists,
    listLikedVideos,
    listSubscribers,
    listChannels,
    showStats,
    listOwnVideos,
    listDailyViews,
  };
}

function joinPerson(end, viewer, more = []) {
  const person = [
    { $project: { username: 1, fullName: 1, avatar: 1, subscribersCount: 1 } },
    join(
      'subscriptions',
      '_id',
      'channel',
      [{ $match: { subscriber: viewer } }, { $limit: 1 }],
      'is',
    ),
    { $set: { isSubscribed: { $gt: [{ $size: '$is' }, 0] } } },
    ...more,
  ];
  return [join('users', end, '_id', person, 'person'), { $set: { person: { $first: '$person' } } }];
}

/** Most alike first: two points for each shared tag, one for the category, one for the channel. */
function relatedStages({ _id, owner, keys: { tags, category } }) {
  const newest = (filter) => [
    { $match: { ...filter, isPublished: true } },
    { $sort: NEWEST_FIRST },
    { $limit: CANDIDATES_OF_EACH_KIND },
    { $project: { owner: 1, keys: 1 } },
  ];
  const union = (filter) => ({ $unionWith: { coll: 'videos', pipeline: newest(filter) } });
  const one = (condition) => ({ $cond: [condition, 1, 0] });
  const likeness = {
    $add: [
      { $multiply: [2, { $size: { $setIntersection: ['$keys.tags', tags] } }] },
      one({ $eq: ['$keys.category', category] }),
      one({ $eq: ['$owner', owner] }),
    ],
  };
  return [
    ...newest({ 'keys.tags': { $in: tags } }),
    union({ 'keys.category': category }),
    union({ owner }),
    union({}),
    { $group: { _id: '$_id', owner: { $first: '$owner' }, keys: { $first: '$keys' } } },
    { $set: { likeness } },
    { $match: { _id: { $ne: _id } } },
    ...page({ likeness: -1, _id: -1 }),
    { $set: { sortValue: '$likeness' } },
    ...rankedVideo,
  ];
}
