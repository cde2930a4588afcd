import type { ClientSession, Types } from 'mongoose';
import { runInTransaction } from '../db/run-in-transaction';
import { Subscription } from '../models/subscription.model';
import { User } from '../models/user.model';
import { ApiError } from '../utils/api-error';
import { inTurn } from '../utils/in-turn';
import { channelNotFound } from './channel.service';

export interface SubscriptionState {
  isSubscribed: boolean;
  /** Of the channel, after the toggle. */
  subscribersCount: number;
}

interface Pair {
  subscriber: Types.ObjectId;
  channel: Types.ObjectId;
}

/**
 * Subscribes, or unsubscribes when already subscribed. The row and both counters move together.
 * @throws ApiError 400 for oneself, 404 when there is no such channel
 */
export async function toggleSubscription(pair: Pair): Promise<SubscriptionState> {
  if (pair.channel.equals(pair.subscriber)) {
    throw ApiError.badRequest('You cannot subscribe to your own channel', {
      code: 'SELF_SUBSCRIPTION',
    });
  }
  // Everybody who follows a channel writes to its one document: without turns, a burst of them
  // would conflict, back off and conflict again.
  return inTurn(`subscribers of ${pair.channel.toString()}`, () =>
    runInTransaction((session) => toggleWithin(session, pair)),
  );
}

async function toggleWithin(
  session: ClientSession | undefined,
  pair: Pair,
): Promise<SubscriptionState> {
  // First, so that an unknown channel leaves nothing behind even where there are no transactions.
  if (!(await User.exists({ _id: pair.channel }).session(session ?? null))) throw channelNotFound();
  const { deletedCount } = await Subscription.deleteOne(pair, { session });
  const isSubscribed = deletedCount === 0;
  if (isSubscribed) await Subscription.create([pair], { session });
  const subscribersCount = await moveCounters(session, pair, isSubscribed ? 1 : -1);
  return { isSubscribed, subscribersCount };
}

/** @returns the channel's new count of subscribers */
async function moveCounters(
  session: ClientSession | undefined,
  { subscriber, channel }: Pair,
  step: 1 | -1,
): Promise<number> {
  // A counter is no edit of the profile: updatedAt stays.
  const options = { session, timestamps: false };
  await User.updateOne({ _id: subscriber }, { $inc: { subscribedToCount: step } }, options);
  const updated = await User.findOneAndUpdate(
    { _id: channel },
    { $inc: { subscribersCount: step } },
    { ...options, returnDocument: 'after', projection: { subscribersCount: 1 } },
  ).lean();
  if (!updated) throw channelNotFound();
  return updated.subscribersCount;
}

/**
 * Ends some subscriptions of a person, or some to a person, with the counters of the other side.
 * The person's own are left alone: call it for an account that is gone.
 * @returns how many there were, at most `limit`; fewer than that means that none are left
 */
export async function endSubscriptions(
  side: keyof Pair,
  person: Types.ObjectId,
  limit: number,
): Promise<number> {
  const [otherSide, counter] =
    side === 'subscriber'
      ? (['channel', 'subscribersCount'] as const)
      : (['subscriber', 'subscribedToCount'] as const);
  return runInTransaction(async (session) => {
    const rows = await Subscription.find({ [side]: person })
      .session(session ?? null)
      .limit(limit)
      .lean();
    await Subscription.deleteMany({ _id: { $in: rows.map(({ _id }) => _id) } }, { session });
    // One row per pair, so each of the others moves by one.
    await User.updateMany(
      { _id: { $in: rows.map((row) => row[otherSide]) } },
      { $inc: { [counter]: -1 } },
      { session, timestamps: false },
    );
    return rows.length;
  });
}
