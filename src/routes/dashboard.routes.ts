import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createDashboardController } from '../controllers/dashboard.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import { dailyViewsSchema, ownVideosSchema } from '../validators/dashboard.validator';

/** /api/v1/dashboard */
export function createDashboardRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createDashboardController(dependencies);
  const router = Router();

  router.get('/stats', authenticate, limit.read, controller.stats);
  router.get('/videos', authenticate, limit.read, validate(ownVideosSchema), controller.videos);
  router.get('/views', authenticate, limit.read, validate(dailyViewsSchema), controller.views);

  return router;
}
