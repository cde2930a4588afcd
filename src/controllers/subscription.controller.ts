import { viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { toggleSubscription } from '../services/subscription.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { channelIdSchema } from '../validators/subscription.validator';

/** Handlers of /subscriptions. */
export function createSubscriptionController() {
  return {
    toggle: asyncHandler(async (request, response) => {
      const { params } = inputOf(channelIdSchema, request);
      const pair = { subscriber: viewerOf(request), channel: params.channelId };
      const state = await toggleSubscription(pair);
      sendResponse(response, 200, state, state.isSubscribed ? 'Subscribed' : 'Unsubscribed');
    }),
  };
}
