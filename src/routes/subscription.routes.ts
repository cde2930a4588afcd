import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createSubscriptionController } from '../controllers/subscription.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import {
  channelIdSchema,
  feedSchema,
  listChannelsSchema,
  listSubscribersSchema,
} from '../validators/subscription.validator';

/** /api/v1/subscriptions */
export function createSubscriptionRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createSubscriptionController(dependencies);
  const router = Router();

  router.post(
    '/c/:channelId',
    authenticate,
    limit.write,
    validate(channelIdSchema),
    controller.toggle,
  );

  router.get(
    '/c/:channelId',
    authenticate,
    limit.read,
    validate(listSubscribersSchema),
    controller.listSubscribers,
  );
  router.get(
    '/u/:subscriberId',
    authenticate,
    limit.read,
    validate(listChannelsSchema),
    controller.listChannels,
  );
  router.get('/feed', authenticate, limit.read, validate(feedSchema), controller.feed);

  return router;
}
