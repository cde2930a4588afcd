import type { ListedChannel, ListedSubscription } from '../models/subscription.pipeline';
import { presentOwner } from './user.presenter';
import { presentVideo } from './video.presenter';

/** A subscription whose person is still there to be shown. */
export type ShownSubscription = ListedSubscription & { person: ListedChannel };

/** One of a channel's subscribers. */
export function presentSubscriber(
  { _id, person, createdAt }: ShownSubscription,
  publicUrl: string,
) {
  return { _id: _id.toString(), subscriber: presentPerson(person, publicUrl), createdAt };
}

/** A channel that somebody subscribes to, under both names that clients look for. */
export function presentSubscribedChannel(
  { _id, person, createdAt }: ShownSubscription,
  publicUrl: string,
) {
  const { latestVideo } = person;
  const channel = {
    ...presentPerson(person, publicUrl),
    latestVideo: latestVideo ? presentVideo({ ...latestVideo, owner: person }, publicUrl) : null,
  };
  return { _id: _id.toString(), channel, subscribedChannel: channel, createdAt };
}

function presentPerson(person: ListedChannel, publicUrl: string) {
  return {
    ...presentOwner(person, publicUrl),
    subscribersCount: person.subscribersCount,
    isSubscribed: person.isSubscribed,
  };
}
