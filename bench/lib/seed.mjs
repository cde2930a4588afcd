import { openAsBlob } from 'node:fs';
import path from 'node:path';
import { ROOT } from './processes.mjs';

/** The one person of the bench. */
export const ADA = { username: 'ada', password: 'analytical engine no. 1' };
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
