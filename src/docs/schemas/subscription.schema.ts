import { z } from 'zod';
import { count, EXAMPLE_OWNER, EXAMPLE_TIME, id, owner, time } from './common.schema';
import { EXAMPLE_VIDEO, video } from './video.schema';

/** Whether the caller subscribes now, and how many people do. */
export const subscriptionState = z
  .strictObject({ isSubscribed: z.boolean(), subscribersCount: count })
  .meta({ id: 'SubscriptionState' });

/** `isSubscribed` tells whether the caller subscribes to this person. */
const person = owner.extend({ subscribersCount: count, isSubscribed: z.boolean() });
const channel = person.extend({ latestVideo: video.nullable() }).meta({ id: 'SubscribedTo' });

/** One of a channel's subscribers. */
export const subscriber = z
  .strictObject({
    _id: id,
    subscriber: person.meta({ id: 'SubscribedPerson' }),
    createdAt: time,
  })
  .meta({ id: 'Subscriber' });

/** A channel that somebody subscribes to; both names hold the same. */
export const subscribedChannel = z
  .strictObject({ _id: id, channel, subscribedChannel: channel, createdAt: time })
  .meta({ id: 'SubscribedChannel' });

const EXAMPLE_PERSON = { ...EXAMPLE_OWNER, subscribersCount: 1816, isSubscribed: true };
const EXAMPLE_CHANNEL = { ...EXAMPLE_PERSON, latestVideo: EXAMPLE_VIDEO };

export const EXAMPLE_SUBSCRIBER = {
  _id: '6650f5f6a4b5c6d7e8f90501',
  subscriber: EXAMPLE_PERSON,
  createdAt: EXAMPLE_TIME,
};

export const EXAMPLE_SUBSCRIBED_CHANNEL = {
  _id: '6650f5f6a4b5c6d7e8f90501',
  channel: EXAMPLE_CHANNEL,
  subscribedChannel: EXAMPLE_CHANNEL,
  createdAt: EXAMPLE_TIME,
};
