import type { Test } from 'supertest';
import { Video } from '../../src/models/video.model';
import { bearer, type SignedInAccount } from './accounts';
import { dataOf } from './answers';
import type { TestServer } from './server';

/** A comment as the contract shows it. */
export interface CommentView {
  _id: string;
  content: string;
  video: string;
  parent: string | null;
  likesCount: number;
  isLiked: boolean;
  repliesCount: number;
  createdAt: string;
  updatedAt: string;
}

/** A tweet as the contract shows it. */
export interface TweetView {
  _id: string;
  content: string;
  likesCount: number;
  isLiked: boolean;
  createdAt: string;
  updatedAt: string;
}

type Method = 'get' | 'post' | 'patch' | 'delete';

/** Calls the API, as a guest without `account`. */
export function call(
  server: TestServer,
  method: Method,
  path: string,
  account?: SignedInAccount,
): Test {
  const test = server.api()[method](`/api/v1${path}`);
  return account ? test.set(bearer(account.accessToken)) : test;
}

/** Comments on a video. @throws when that does not answer 201 */
export async function addComment(
  server: TestServer,
  account: SignedInAccount,
  videoId: string,
  content = 'A comment',
): Promise<CommentView> {
  return dataOf(await call(server, 'post', `/comments/${videoId}`, account).send({ content }), 201);
}

/** Replies to a comment. @throws when that does not answer 201 */
export async function addReply(
  server: TestServer,
  account: SignedInAccount,
  commentId: string,
  content = 'A reply',
): Promise<CommentView> {
  const test = call(server, 'post', `/comments/c/${commentId}/replies`, account);
  return dataOf(await test.send({ content }), 201);
}

/** Posts a tweet. @throws when that does not answer 201 */
export async function addTweet(
  server: TestServer,
  account: SignedInAccount,
  content = 'A tweet',
): Promise<TweetView> {
  return dataOf(await call(server, 'post', '/tweets', account).send({ content }), 201);
}

/** What a video stores about its comments: replies too, and without them. */
export async function commentCountsOf(videoId: string): Promise<{ all?: number; top?: number }> {
  const video = await Video.findById(videoId).lean();
  return { all: video?.commentsCount, top: video?.topCommentsCount };
}

/** The texts of a page of comments. */
export const contentsOf = (page: { docs: readonly CommentView[] }): string[] =>
  page.docs.map(({ content }) => content);
