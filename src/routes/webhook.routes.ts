import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { takeCloudinaryNotification } from '../controllers/webhook.controller';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { requireNotificationSignature } from '../middlewares/require-notification-signature.middleware';

/** What services that work for us call when they are done. */
export function createWebhookRouter(dependencies: AppDependencies): Router {
  const limit = createRateLimits(dependencies);
  const router = Router();
  router.post(
    '/cloudinary',
    requireNotificationSignature(dependencies),
    limit.write,
    takeCloudinaryNotification,
  );
  return router;
}
