import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createReportController } from '../controllers/report.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import {
  addReportSchema,
  listOwnReportsSchema,
  reportIdSchema,
} from '../validators/report.validator';

/** /api/v1/reports */
export function createReportRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createReportController();
  const router = Router();

  router.post(
    '/',
    authenticate,
    limit.write,
    formFields(),
    validate(addReportSchema),
    controller.add,
  );
  router.get('/', authenticate, limit.read, validate(listOwnReportsSchema), controller.list);
  router.get('/:reportId', authenticate, limit.read, validate(reportIdSchema), controller.get);

  return router;
}
