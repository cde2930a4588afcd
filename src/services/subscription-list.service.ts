import type { Types } from 'mongoose';
import { Subscription } from '../models/subscription.model';
import { joinPersonStages, type ListedSubscription } from '../models/subscription.pipeline';
import { pageOfArray, type ArrayList, type ArrayPage, type PageQuery } from './paging/array-page';
import { NEWEST_FIRST } from './paging/keyset-order';

/** Who subscribes to a channel, newest first. */
export async function listSubscribers(
  channel: Types.ObjectId,
  query: PageQuery,
  viewer: Types.ObjectId,
): Promise<ArrayPage<ListedSubscription>> {
  return pageOfArray<ListedSubscription>(Subscription, subscribersList(channel, viewer), query);
}

/** To which channels a person subscribes, newest first. */
export async function listChannels(
  subscriber: Types.ObjectId,
  query: PageQuery,
  viewer: Types.ObjectId,
): Promise<ArrayPage<ListedSubscription>> {
  return pageOfArray<ListedSubscription>(Subscription, channelsList(subscriber, viewer), query);
}

export function subscribersList(channel: Types.ObjectId, viewer: Types.ObjectId): ArrayList {
  return {
    filter: { channel },
    order: NEWEST_FIRST,
    joins: joinPersonStages('subscriber', viewer),
  };
}

export function channelsList(subscriber: Types.ObjectId, viewer: Types.ObjectId): ArrayList {
  return {
    filter: { subscriber },
    order: NEWEST_FIRST,
    joins: joinPersonStages('channel', viewer),
  };
}
