import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createSessionController } from '../controllers/session.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import { sessionIdSchema } from '../validators/session.validator';

/** /api/v1/users/sessions */
export function createSessionRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const controller = createSessionController(dependencies);
  const limit = createRateLimits(dependencies);
  const router = Router();

  router.get('/', authenticate, limit.read, controller.list);

  router.delete(
    '/:sessionId',
    authenticate,
    limit.write,
    validate(sessionIdSchema),
    controller.revoke,
  );

  router.delete('/', authenticate, limit.write, controller.revokeOthers);

  return router;
}
