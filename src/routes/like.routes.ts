import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createLikeController } from '../controllers/like.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import { videoIdSchema } from '../validators/video.validator';

/** /api/v1/likes */
export function createLikeRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createLikeController();
  const router = Router();

  router.post(
    '/toggle/v/:videoId',
    authenticate,
    limit.write,
    validate(videoIdSchema),
    controller.toggleVideo,
  );

  return router;
}
