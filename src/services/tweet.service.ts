import { Types, type ClientSession, type PipelineStage } from 'mongoose';
import { runInTransaction } from '../db/run-in-transaction';
import { isLikedStages } from '../models/like.pipeline';
import { Tweet, type TweetFields } from '../models/tweet.model';
import { User } from '../models/user.model';
import { joinOwnerStages, type OwnerFields } from '../models/video.pipeline';
import { ApiError } from '../utils/api-error';
import { inTurn } from '../utils/in-turn';
import { pageOfArray, type ArrayList, type ArrayPage, type PageQuery } from './paging/array-page';
import { NEWEST_FIRST } from './paging/keyset-order';
import type { Removals } from './removal/removal.service';

/** A tweet as it is shown; the owner is absent when the account is gone. */
export type ShownTweet = Omit<TweetFields, 'owner'> & { owner?: OwnerFields; isLiked: boolean };

/** Posts a tweet. @returns its id */
export async function addTweet(owner: Types.ObjectId, content: string): Promise<Types.ObjectId> {
  const _id = new Types.ObjectId();
  // All tweets of a person move the count in one document: turns spare them conflicts.
  await inTurn(`tweets of ${owner.toString()}`, () =>
    runInTransaction(async (session) => {
      await Tweet.create([{ _id, owner, content }], { session });
      await moveTweets(owner, 1, session);
    }),
  );
  return _id;
}

/** @throws ApiError 404 */
export async function findTweet(
  tweetId: Types.ObjectId,
  viewer: Types.ObjectId | undefined,
): Promise<ShownTweet> {
  const [tweet] = await Tweet.aggregate<ShownTweet>([
    { $match: { _id: tweetId } },
    ...shownTweetStages(viewer),
  ]);
  if (!tweet) throw tweetNotFound();
  return tweet;
}

/** @throws ApiError 404, or 403 for somebody else's tweet */
export async function editTweet(
  tweetId: Types.ObjectId,
  owner: Types.ObjectId,
  content: string,
): Promise<ShownTweet> {
  const { matchedCount } = await Tweet.updateOne(
    { _id: tweetId, owner },
    { $set: { content } },
    { runValidators: true },
  );
  if (matchedCount === 0) await refuse(tweetId);
  return findTweet(tweetId, owner);
}

/** @throws ApiError 404, or 403 for somebody else's tweet */
export async function deleteTweet(
  removals: Removals,
  tweetId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<void> {
  const removal = await inTurn(`tweets of ${owner.toString()}`, () =>
    runInTransaction((session) => deleteTweetWithin(removals, { _id: tweetId, owner }, session)),
  );
  if (!removal) return refuse(tweetId);
  await removals.run(removal);
}

/**
 * Deletes a tweet in a transaction.
 * @returns the removal to run after the commit; undefined when the owner has no such tweet
 */
export async function deleteTweetWithin(
  removals: Pick<Removals, 'schedule'>,
  own: Pick<TweetFields, '_id' | 'owner'>,
  session: ClientSession | undefined,
): Promise<Types.ObjectId | undefined> {
  const { deletedCount } = await Tweet.deleteOne(own, { session });
  if (deletedCount === 0) return undefined;
  await moveTweets(own.owner, -1, session);
  return removals.schedule({ kind: 'tweet', target: own._id }, session);
}

/** One page of tweets, newest first: one person's, or everybody's. */
export async function listTweets(
  owner: Types.ObjectId | undefined,
  query: PageQuery,
  viewer: Types.ObjectId | undefined,
): Promise<ArrayPage<ShownTweet>> {
  return pageOfArray<ShownTweet>(Tweet, tweetList(owner, viewer), query);
}

export function tweetList(
  owner: Types.ObjectId | undefined,
  viewer: Types.ObjectId | undefined,
): ArrayList {
  return { filter: owner ? { owner } : {}, order: NEWEST_FIRST, joins: shownTweetStages(viewer) };
}

function shownTweetStages(viewer: Types.ObjectId | undefined): PipelineStage[] {
  return [...isLikedStages('tweet', viewer), ...joinOwnerStages()];
}

async function moveTweets(
  owner: Types.ObjectId,
  step: 1 | -1,
  session: ClientSession | undefined,
): Promise<void> {
  await User.updateOne(
    { _id: owner },
    { $inc: { tweetsCount: step } },
    { session, timestamps: false },
  );
}

/** Why a write that is bound to the owner found nothing. */
async function refuse(tweetId: Types.ObjectId): Promise<never> {
  if (!(await Tweet.exists({ _id: tweetId }))) throw tweetNotFound();
  throw ApiError.forbidden('Only its author may change or delete a tweet');
}

/** 404 for a tweet that is absent. */
export function tweetNotFound(): ApiError {
  return ApiError.notFound('Tweet not found', { code: 'TWEET_NOT_FOUND' });
}
