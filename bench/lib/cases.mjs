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

/** @param seeded what `seedRelations` tells of the data */
export function casesOn({ channel, video }) {
  const signedIn = { signedIn: true };
  return [
    read('GET /videos', 'videos', '/videos', PAGE),
    read('GET /videos?query= a rare word', 'videos', '/videos?query=zebra', PAGE),
    read('GET /videos?query= a word of every video', 'videos', '/videos?query=clip', PAGE, {
      // Ranking scores a thousand matches: one at a time, or a turn takes forever.
      connections: 1,
    }),
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
