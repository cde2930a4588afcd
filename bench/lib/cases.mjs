/**
 * What is measured: one read, or one toggle, for each relation that grows. `rows` is how many rows
 * the answer must hold; `grows` names what there is a thousand or a million of.
 */
const PAGE = 20;
const read = (name, grows, address, rows, options = {}) => ({
  name,
  grows,
  address,
  rows,
  method: 'GET',
  ...options,
});
const signedIn = { signedIn: true };
/** Ranking scores a thousand matches: one at a time, or a turn takes forever. */
const alone = { connections: 1 };

/** @param seeded what `seedRelations` tells of the data */
export function casesOn(seeded) {
  const { channel, video } = seeded;
  return [
    read('GET /videos', 'videos', '/videos', PAGE),
    read('GET /videos?query= a rare word', 'videos', '/videos?query=zebra', PAGE),
    read('GET /videos?query= a word of every video', 'videos', '/videos?query=clip', PAGE, alone),
    read('GET /users/c/:username', 'subscribers', `/users/c/${channel}`, 1, signedIn),
    read('GET /users/history', 'history rows', '/users/history', PAGE, signedIn),
    read('GET /comments/:videoId', 'comments', `/comments/${video}`, PAGE, signedIn),
    read('GET /subscriptions/feed', 'videos', '/subscriptions/feed', PAGE, signedIn),
    read('POST /likes/toggle/v/:videoId', 'likes', `/likes/toggle/v/${video}`, 1, {
      ...signedIn,
      method: 'POST',
    }),
  ];
}

/** Every list and profile that somebody sees of a platform; the others are of one's own few things. */
export function everyReadOn(seeded) {
  const { video, comment, owner, follower } = seeded;
  return [
    ...casesOn(seeded).filter(({ method }) => method === 'GET'),
    read('GET /videos?userId=', 'videos', `/videos?userId=${owner}`, PAGE),
    read('GET /videos/:videoId/related', 'videos', `/videos/${video}/related`, PAGE, signedIn),
    read('GET /search/suggestions', 'videos', '/search/suggestions?query=clip', 10),
    read('GET /users/current-user', 'everything', '/users/current-user', 1, signedIn),
    read(
      'GET /comments/c/:id/replies',
      'replies',
      `/comments/c/${comment}/replies`,
      PAGE,
      signedIn,
    ),
    read('GET /tweets', 'tweets', '/tweets', PAGE, signedIn),
    read('GET /tweets/user/:userId', 'tweets', `/tweets/user/${owner}`, PAGE, signedIn),
    read('GET /playlist/user/:userId', 'playlists', `/playlist/user/${owner}`, PAGE, signedIn),
    read('GET /likes/videos', 'likes', '/likes/videos', PAGE, signedIn),
    read(
      'GET /subscriptions/c/:channelId',
      'subscribers',
      `/subscriptions/c/${owner}`,
      PAGE,
      signedIn,
    ),
    read(
      'GET /subscriptions/u/:userId',
      'subscriptions',
      `/subscriptions/u/${follower}`,
      PAGE,
      signedIn,
    ),
    read('GET /dashboard/stats', 'videos, 2 % of them own', '/dashboard/stats', 1, signedIn),
    read('GET /dashboard/videos', 'videos, 2 % of them own', '/dashboard/videos', PAGE, signedIn),
    read('GET /dashboard/views', 'videos', '/dashboard/views', 28, signedIn),
  ];
}
