/** What people do on the platform, and how often: `share` of the requests of those who can. */
const guestsToo = (name, share, path) => ({
  name,
  share,
  request: (person) => ({ path: path(person) }),
});
const signedIn = (action) => ({ ...action, needsAccount: true });
const asking = (name, share, path) => signedIn(guestsToo(name, share, path));
const writing = (name, share, path, body = () => undefined) =>
  signedIn({
    name,
    share,
    request: (person) => ({ method: 'POST', path: path(person), body: body(person) }),
  });

/** A few are seen by many, as in life. */
const someVideo = ({ random, videos }) => videos[Math.floor(videos.length * random() ** 3)];
/** What is being watched: most of what people do concerns the video before them. */
const thisVideo = (person) => (person.watching ??= someVideo(person));
const someWord = (person) => {
  const words = someVideo(person).title.match(/\p{L}{3,}/gu) ?? ['clip'];
  return encodeURIComponent(words[Math.floor(words.length * person.random())]);
};
const startOfWord = (person) => decodeURIComponent(someWord(person)).slice(0, 3).toLowerCase();
const somebodyElse = (person) => {
  const others = person.videos.filter(({ owner }) => owner.username !== person.username);
  return others[Math.floor(others.length * person.random())].owner;
};

const watch = {
  name: 'GET /videos/:videoId',
  share: 20,
  request(person) {
    person.watching = someVideo(person);
    return { path: `/videos/${person.watching._id}` };
  },
};

/** Signs in once more, elsewhere; what the person does next is to sign out there again. */
const signIn = signedIn({
  name: 'POST /users/login',
  share: 1,
  request: ({ username, password }) => ({
    method: 'POST',
    path: '/users/login',
    body: { username, password },
    token: null,
  }),
  learn(person, { accessToken }) {
    person.elsewhere = accessToken;
  },
});
const signOut = signedIn({
  name: 'POST /users/logout',
  share: 0,
  request(person) {
    const token = person.elsewhere;
    delete person.elsewhere;
    return { method: 'POST', path: '/users/logout', token };
  },
});

export const ACTIONS = [
  watch,
  guestsToo('GET /videos', 16, () => '/videos'),
  guestsToo('GET /comments/:videoId', 12, (person) => `/comments/${thisVideo(person)._id}`),
  guestsToo(
    'GET /videos/:videoId/related',
    6,
    (person) => `/videos/${thisVideo(person)._id}/related`,
  ),
  guestsToo('GET /videos?query=', 4, (person) => `/videos?query=${someWord(person)}`),
  guestsToo(
    'GET /search/suggestions',
    6,
    (person) => `/search/suggestions?query=${encodeURIComponent(startOfWord(person))}`,
  ),
  guestsToo(
    'GET /users/c/:username',
    6,
    (person) => `/users/c/${thisVideo(person).owner.username}`,
  ),
  guestsToo(
    'GET /tweets/user/:userId',
    3,
    (person) => `/tweets/user/${thisVideo(person).owner._id}`,
  ),
  guestsToo(
    'GET /playlist/user/:userId',
    2,
    (person) => `/playlist/user/${thisVideo(person).owner._id}`,
  ),
  asking('GET /subscriptions/feed', 5, () => '/subscriptions/feed'),
  asking('GET /users/history', 3, () => '/users/history'),
  asking('GET /likes/videos', 2, () => '/likes/videos'),
  asking('GET /users/current-user', 3, () => '/users/current-user'),
  asking('GET /dashboard/stats', 1, () => '/dashboard/stats'),
  writing(
    'POST /users/history/:videoId',
    6,
    (person) => `/users/history/${thisVideo(person)._id}`,
    (person) => ({ progress: Math.floor(person.random() * thisVideo(person).duration) }),
  ),
  writing(
    'POST /likes/toggle/v/:videoId',
    4,
    (person) => `/likes/toggle/v/${thisVideo(person)._id}`,
  ),
  writing(
    'POST /comments/:videoId',
    2,
    (person) => `/comments/${thisVideo(person)._id}`,
    ({ number }) => ({ content: `Client ${number} has seen it, and will see it again.` }),
  ),
  writing(
    'POST /subscriptions/c/:channelId',
    1,
    (person) => `/subscriptions/c/${somebodyElse(person)._id}`,
  ),
  signIn,
  signOut,
];

/** @returns the index in ACTIONS of what a person does next */
export function chooseAction({ accessToken, elsewhere, random }) {
  if (elsewhere !== undefined) return ACTIONS.indexOf(signOut);
  const possible = ACTIONS.filter(({ needsAccount }) => accessToken !== undefined || !needsAccount);
  let left = random() * possible.reduce((sum, { share }) => sum + share, 0);
  const chosen = possible.find(({ share }) => (left -= share) < 0);
  return ACTIONS.indexOf(chosen);
}
