import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createTweetController } from '../controllers/tweet.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import {
  addTweetSchema,
  editTweetSchema,
  listTweetsSchema,
  listUserTweetsSchema,
  tweetIdSchema,
} from '../validators/tweet.validator';

/** /api/v1/tweets */
export function createTweetRouter(dependencies: AppDependencies): Router {
  const { authenticate, authenticateOptional } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createTweetController(dependencies);
  const router = Router();

  router.get('/', authenticateOptional, limit.read, validate(listTweetsSchema), controller.list);
  router.post(
    '/',
    authenticate,
    limit.write,
    formFields(),
    validate(addTweetSchema),
    controller.add,
  );
  router.get(
    '/user/:userId',
    authenticateOptional,
    limit.read,
    validate(listUserTweetsSchema),
    controller.listOfUser,
  );
  router.get(
    '/:tweetId',
    authenticateOptional,
    limit.read,
    validate(tweetIdSchema),
    controller.get,
  );
  router.patch(
    '/:tweetId',
    authenticate,
    limit.write,
    formFields(),
    validate(editTweetSchema),
    controller.edit,
  );
  router.delete('/:tweetId', authenticate, limit.write, validate(tweetIdSchema), controller.delete);

  return router;
}
