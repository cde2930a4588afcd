import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createSearchController } from '../controllers/search.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import { suggestionsSchema } from '../validators/search.validator';

/** /api/v1/search */
export function createSearchRouter(dependencies: AppDependencies): Router {
  const { authenticateOptional } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createSearchController();
  const router = Router();

  router.get(
    '/suggestions',
    authenticateOptional,
    limit.read,
    validate(suggestionsSchema),
    controller.suggest,
  );

  return router;
}
