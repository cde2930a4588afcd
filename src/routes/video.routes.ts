import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createVideoController } from '../controllers/video.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { uploadFields } from '../middlewares/upload.middleware';
import { validate } from '../middlewares/validate.middleware';
import { listVideosSchema, publishVideoSchema, videoIdSchema } from '../validators/video.validator';

/** /api/v1/videos */
export function createVideoRouter(dependencies: AppDependencies): Router {
  const { authenticate, authenticateOptional } = createAuthentication(dependencies);
  const controller = createVideoController(dependencies);
  const thumbnailRequired = !dependencies.mediaStore.makesThumbnails;
  const router = Router();

  router.get('/', authenticateOptional, validate(listVideosSchema), controller.list);

  router.post(
    '/',
    authenticate,
    uploadFields(dependencies, {
      videoFile: { kind: 'video', required: true },
      thumbnail: { kind: 'image', required: thumbnailRequired },
    }),
    validate(publishVideoSchema),
    controller.publish,
  );

  router.get('/:videoId', authenticateOptional, validate(videoIdSchema), controller.watch);

  return router;
}
