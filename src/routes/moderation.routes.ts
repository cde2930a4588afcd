import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createModerationController } from '../controllers/moderation.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { requireRole } from '../middlewares/require-role.middleware';
import { validate } from '../middlewares/validate.middleware';
import {
  deleteCommentSchema,
  liftSuspensionSchema,
  listActsSchema,
  listReportsSchema,
  resolveReportSchema,
  restoreSchema,
  suspendSchema,
  takeDownSchema,
} from '../validators/moderation.validator';
import { videoIdSchema } from '../validators/video.validator';

/** /api/v1/moderation */
export function createModerationRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createModerationController(dependencies);
  const moderator = [authenticate, requireRole('moderator')];
  /** Every act says why, in a body of any form. */
  const act = [...moderator, limit.write, formFields()];
  const router = Router();

  router.get(
    '/reports',
    moderator,
    limit.read,
    validate(listReportsSchema),
    controller.listReports,
  );
  router.patch('/reports/:reportId', act, validate(resolveReportSchema), controller.resolveReport);

  router.get('/videos/:videoId', moderator, limit.read, validate(videoIdSchema), controller.video);
  router.post('/videos/:videoId/take-down', act, validate(takeDownSchema), controller.takeDown);
  router.delete('/videos/:videoId/take-down', act, validate(restoreSchema), controller.restore);

  router.delete(
    '/comments/:commentId',
    act,
    validate(deleteCommentSchema),
    controller.deleteComment,
  );

  router.post('/users/:userId/suspension', act, validate(suspendSchema), controller.suspend);
  router.delete(
    '/users/:userId/suspension',
    act,
    validate(liftSuspensionSchema),
    controller.liftSuspension,
  );

  router.get(
    '/log',
    authenticate,
    requireRole('admin'),
    limit.read,
    validate(listActsSchema),
    controller.log,
  );

  return router;
}
