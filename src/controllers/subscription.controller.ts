import type { AppDependencies } from '../app-dependencies';
import { viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import type { ListedSubscription } from '../models/subscription.pipeline';
import type { VideoWithOwner } from '../models/video.pipeline';
import {
  presentSubscribedChannel,
  presentSubscriber,
  type ShownSubscription,
} from '../presenters/subscription.presenter';
import { presentVideo } from '../presenters/video.presenter';
import { requireChannel } from '../services/channel.service';
import { listFeed } from '../services/feed.service';
import { listChannels, listSubscribers } from '../services/subscription-list.service';
import { toggleSubscription } from '../services/subscription.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import {
  channelIdSchema,
  feedSchema,
  listChannelsSchema,
  listSubscribersSchema,
} from '../validators/subscription.validator';

/** Handlers of /subscriptions. */
export function createSubscriptionController({ publicUrl, views }: AppDependencies) {
  const present = (video: VideoWithOwner) => presentVideo(views.withPending(video), publicUrl());
  return {
    toggle: asyncHandler(async (request, response) => {
      const { params } = inputOf(channelIdSchema, request);
      const pair = { subscriber: viewerOf(request), channel: params.channelId };
      const state = await toggleSubscription(pair);
      sendResponse(response, 200, state, state.isSubscribed ? 'Subscribed' : 'Unsubscribed');
    }),

    listSubscribers: asyncHandler(async (request, response) => {
      const { params, query } = inputOf(listSubscribersSchema, request);
      await requireChannel(params.channelId);
      const page = await listSubscribers(params.channelId, query, viewerOf(request));
      const subscribers = page.rows
        .filter(isShown)
        .map((subscription) => presentSubscriber(subscription, publicUrl()));
      const { pagination } = page;
      sendResponse(response, 200, subscribers, 'Subscribers', { pagination });
    }),

    listChannels: asyncHandler(async (request, response) => {
      const { params, query } = inputOf(listChannelsSchema, request);
      await requireChannel(params.subscriberId);
      const page = await listChannels(params.subscriberId, query, viewerOf(request));
      const channels = page.rows
        .filter(isShown)
        .map((subscription) => presentSubscribedChannel(subscription, publicUrl(), present));
      const { pagination } = page;
      sendResponse(response, 200, channels, 'Subscribed channels', { pagination });
    }),

    feed: asyncHandler(async (request, response) => {
      const { query } = inputOf(feedSchema, request);
      const page = await listFeed(viewerOf(request), query);
      const data = { ...page, docs: page.docs.map(present) };
      sendResponse(response, 200, data, 'Videos of your subscriptions');
    }),
  };
}

/** An account that is gone leaves a gap in its page, never an empty entry. */
function isShown(subscription: ListedSubscription): subscription is ShownSubscription {
  return subscription.person !== undefined;
}
