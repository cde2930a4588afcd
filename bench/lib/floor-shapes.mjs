/** What the floor's answers are made of: pages, joins, and each thing with the product's fields. */
export const LIMIT = 20;
export const NEWEST_FIRST = { createdAt: -1, _id: -1 };

export const page = (order = NEWEST_FIRST) => [{ $sort: order }, { $limit: LIMIT + 1 }];
export const join = (from, localField, foreignField, pipeline, as) => ({
  $lookup: { from, localField, foreignField, pipeline, as },
});
export const joinOwner = [
  join('users', 'owner', '_id', [{ $project: { username: 1, fullName: 1, avatar: 1 } }], 'owner'),
  { $set: { owner: { $first: '$owner' } } },
];
export const listedVideo = [{ $unset: 'keys' }, ...joinOwner];
/** For rows that were ranked by their ids alone. */
export const rankedVideo = [
  join('videos', '_id', '_id', [{ $match: { isPublished: true } }], 'video'),
  {
    $replaceWith: {
      $mergeObjects: [{ _id: '$_id', sortValue: '$sortValue' }, { $first: '$video' }],
    },
  },
  ...listedVideo,
];
export const joinLiked = (viewer, targetType) => [
  join(
    'likes',
    '_id',
    'target',
    [{ $match: { likedBy: viewer, targetType } }, { $limit: 1 }],
    'is',
  ),
  { $set: { isLiked: { $gt: [{ $size: '$is' }, 0] } } },
  { $unset: 'is' },
];
export const visibleTo = (viewer) => ({ $or: [{ isPublished: true }, { owner: viewer }] });

const cursorOf = (values) => Buffer.from(JSON.stringify(values)).toString('base64url');

/** @param order what a cursor says that it is a place in */
export function pluginPage(found, total, present, order = 'createdAt -1') {
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

/** @param field what the rows are ordered by, downwards */
export function arrayPage(found, present, field = 'createdAt') {
  const rows = found.slice(0, LIMIT);
  const hasNextPage = found.length > LIMIT;
  const last = rows.at(-1);
  const nextCursor = hasNextPage
    ? cursorOf([`${field} -1`, last.sortValue ?? last[field], last._id])
    : null;
  return { data: rows.map(present), pagination: { limit: LIMIT, hasNextPage, nextCursor } };
}

export const presentOwner = ({ _id, username, fullName, avatar }) => ({
  _id,
  username,
  fullName,
  avatar: avatar.url,
});

export const presentVideo = (video) => ({
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

export const presentComment = (comment) => ({
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

export const presentTweet = (tweet) => ({
  _id: tweet._id,
  content: tweet.content,
  owner: presentOwner(tweet.owner),
  likesCount: tweet.likesCount,
  isLiked: tweet.isLiked,
  createdAt: tweet.createdAt,
  updatedAt: tweet.updatedAt,
});

export function presentPlaylist(playlist) {
  const owners = new Map(playlist.videoOwners.map((owner) => [String(owner._id), owner]));
  const byId = new Map(playlist.visibleVideos.map((video) => [String(video._id), video]));
  const videos = playlist.videos
    .map((id) => byId.get(String(id)))
    .map((video) => presentVideo({ ...video, owner: owners.get(String(video.owner)) }));
  return {
    _id: playlist._id,
    name: playlist.name,
    description: playlist.description,
    isPublic: playlist.isPublic,
    owner: presentOwner(playlist.owner),
    videos,
    totalVideos: videos.length,
    totalViews: videos.reduce((sum, { views }) => sum + views, 0),
    thumbnail: videos[0].thumbnail,
    createdAt: playlist.createdAt,
    updatedAt: playlist.updatedAt,
  };
}

export const presentPerson = (person) => ({
  ...presentOwner(person),
  subscribersCount: person.subscribersCount,
  isSubscribed: person.isSubscribed,
});

export const presentChannel = (channel) => ({
  ...presentOwner(channel),
  coverImage: channel.coverImage?.url ?? '',
  description: channel.description,
  subscribersCount: channel.subscribersCount,
  channelsSubscribedToCount: channel.subscribedToCount,
  videosCount: channel.videosCount,
  isSubscribed: channel.isSubscribed,
  createdAt: channel.createdAt,
});

export const presentAccount = (user) => ({
  _id: user._id,
  username: user.username,
  email: user.email,
  isEmailVerified: user.emailVerifiedAt !== undefined,
  fullName: user.fullName,
  description: user.description,
  avatar: user.avatar.url,
  coverImage: user.coverImage?.url ?? '',
  role: user.role,
  createdAt: user.createdAt,
  updatedAt: user.updatedAt,
});
