import type { ListedChannel, ListedSubscription } from '../models/subscription.pipeline';
import type { VideoWithOwner } from '../models/video.pipeline';
import { presentOwner } from './user.presenter';
import type { presentVideo } from './video.presenter';

/** A subscription whose person is still there to be shown. */
export type ShownSubscription = ListedSubscription & { person: ListedChannel };

/** One of a channel's subscribers. */
export function presentSubscriber(
  { _id, person, createdAt }: ShownSubscription,
  publicUrl: string,
) {
  return { _id: _id.toString(), subscriber: presentPerson(person, publicUrl), createdAt };
}

/**
 * A channel that somebody subscribes to, under both names that clients look for.
 * @param present how its latest video is shown
 */
export function presentSubscribedChannel(
  { _id, person, createdAt }: ShownSubscription,
  publicUrl: string,
  present: (video: VideoWithOwner) => ReturnType<typeof presentVideo>,
) {
  const { latestVideo } = person;
  const channel = {
    ...presentPerson(person, publicUrl),
    latestVideo: latestVideo ? present({ ...latestVideo, owner: person }) : null,
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
