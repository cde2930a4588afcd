const MOST_VIDEOS = 200;
const PAGE = 100;

/** @returns the tokens of a new session. @throws Error unless it is answered with 200 */
export async function accountTokens(url, account) {
  const { accessToken, refreshToken } = await ask(`${url}/api/v1/users/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(account),
  });
  return { accessToken, refreshToken };
}

/**
 * What somebody finds who comes to the platform: its newest videos, most of them, with their owners.
 * @returns `{ _id, title, duration, owner: { _id, username } }` of each
 */
export async function discoverVideos(url) {
  const videos = [];
  let cursor = '';
  while (videos.length < MOST_VIDEOS && cursor !== null) {
    const address = `${url}/api/v1/videos?limit=${PAGE}${cursor && `&cursor=${cursor}`}`;
    const { docs, nextCursor } = await ask(address);
    videos.push(...docs);
    cursor = nextCursor;
  }
  return videos.map(({ _id, title, duration, owner }) => ({
    _id,
    title,
    duration,
    owner: { _id: owner._id, username: owner.username },
  }));
}

async function ask(address, options) {
  const response = await fetch(address, options);
  const answer = await response.json();
  if (!response.ok) throw new Error(`${address} answered ${response.status}: ${answer.message}`);
  return answer.data;
}
