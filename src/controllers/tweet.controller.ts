import type { AppDependencies } from '../app-dependencies';
import { API_PREFIX } from '../constants';
import { optionalViewerOf, viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { presentTweet } from '../presenters/tweet.presenter';
import { requireChannel } from '../services/channel.service';
import { addTweet, deleteTweet, editTweet, findTweet, listTweets } from '../services/tweet.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import {
  addTweetSchema,
  editTweetSchema,
  listTweetsSchema,
  listUserTweetsSchema,
  tweetIdSchema,
} from '../validators/tweet.validator';

/** Handlers of /tweets. */
export function createTweetController({ publicUrl, removals }: AppDependencies) {
  return {
    list: asyncHandler(async (request, response) => {
      const { query } = inputOf(listTweetsSchema, request);
      const { rows, pagination } = await listTweets(undefined, query, optionalViewerOf(request));
      const tweets = rows.map((tweet) => presentTweet(tweet, publicUrl()));
      sendResponse(response, 200, tweets, 'Tweets', { pagination });
    }),

    listOfUser: asyncHandler(async (request, response) => {
      const { params, query } = inputOf(listUserTweetsSchema, request);
      const viewer = optionalViewerOf(request);
      await requireChannel(params.userId);
      const { rows, pagination } = await listTweets(params.userId, query, viewer);
      const tweets = rows.map((tweet) => presentTweet(tweet, publicUrl()));
      sendResponse(response, 200, tweets, 'Tweets', { pagination });
    }),

    add: asyncHandler(async (request, response) => {
      const { body } = inputOf(addTweetSchema, request);
      const owner = viewerOf(request);
      const tweet = await findTweet(await addTweet(owner, body.content), owner);
      response.location(`${API_PREFIX}/tweets/${tweet._id.toString()}`);
      sendResponse(response, 201, presentTweet(tweet, publicUrl()), 'Tweet posted');
    }),

    get: asyncHandler(async (request, response) => {
      const { params } = inputOf(tweetIdSchema, request);
      const tweet = await findTweet(params.tweetId, optionalViewerOf(request));
      sendResponse(response, 200, presentTweet(tweet, publicUrl()), 'Tweet');
    }),

    edit: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(editTweetSchema, request);
      const tweet = await editTweet(params.tweetId, viewerOf(request), body.content);
      sendResponse(response, 200, presentTweet(tweet, publicUrl()), 'Tweet changed');
    }),

    delete: asyncHandler(async (request, response) => {
      const { params } = inputOf(tweetIdSchema, request);
      await deleteTweet(removals, params.tweetId, viewerOf(request));
      sendResponse(response, 200, {}, 'Tweet deleted');
    }),
  };
}
