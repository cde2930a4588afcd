import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createWatchHistoryController } from '../controllers/watch-history.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import { videoIdSchema } from '../validators/video.validator';
import {
  listHistorySchema,
  pauseHistorySchema,
  saveProgressSchema,
} from '../validators/watch-history.validator';

/** /api/v1/users/history */
export function createWatchHistoryRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createWatchHistoryController(dependencies);
  const saveProgress = [
    authenticate,
    limit.write,
    formFields(),
    validate(saveProgressSchema),
    controller.saveProgress,
  ];
  const router = Router();

  router.get('/', authenticate, limit.read, validate(listHistorySchema), controller.list);
  router.patch(
    '/',
    authenticate,
    limit.write,
    formFields(),
    validate(pauseHistorySchema),
    controller.pause,
  );
  router.delete('/', authenticate, limit.write, controller.clear);
  router.post('/:videoId', saveProgress);
  router.put('/:videoId', saveProgress);
  router.delete('/:videoId', authenticate, limit.write, validate(videoIdSchema), controller.forget);

  return router;
}
