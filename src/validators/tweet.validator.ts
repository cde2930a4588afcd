import { z } from 'zod';
import { TWEET_MAX_LENGTH } from '../constants';
import { objectId, pagingQuery, writtenText } from './common.validator';

const content = writtenText(TWEET_MAX_LENGTH);

/** POST /tweets */
export const addTweetSchema = z.object({ body: z.strictObject({ content }) });

/** Every route with a `:tweetId` and nothing else. */
export const tweetIdSchema = z.object({ params: z.object({ tweetId: objectId }) });

/** PATCH /tweets/:tweetId */
export const editTweetSchema = tweetIdSchema.extend({ body: z.strictObject({ content }) });

/** GET /tweets */
export const listTweetsSchema = z.object({ query: z.object(pagingQuery) });

/** GET /tweets/user/:userId */
export const listUserTweetsSchema = listTweetsSchema.extend({
  params: z.object({ userId: objectId }),
});
