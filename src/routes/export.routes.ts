import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createExportController } from '../controllers/export.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import { exportSchema } from '../validators/export.validator';

/** /api/v1/users/export */
export function createExportRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const controller = createExportController(dependencies);
  const limit = createRateLimits(dependencies);
  const router = Router();

  // Not GET, though it changes nothing: it takes the password, which belongs in no address.
  router.post(
    '/',
    authenticate,
    limit.credentials('export'),
    formFields(),
    validate(exportSchema),
    controller.send,
  );

  return router;
}
