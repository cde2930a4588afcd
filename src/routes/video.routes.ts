import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createVideoController } from '../controllers/video.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { uploadFields } from '../middlewares/upload.middleware';
import { uploadEntrance, uploadSlot } from '../middlewares/upload-slot.middleware';
import { validate } from '../middlewares/validate.middleware';
import {
  listVideosSchema,
  publishVideoSchema,
  relatedVideosSchema,
  updateVideoSchema,
  videoIdSchema,
} from '../validators/video.validator';

/** /api/v1/videos */
export function createVideoRouter(dependencies: AppDependencies): Router {
  const { authenticate, authenticateOptional } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const slot = uploadSlot(dependencies);
  const controller = createVideoController(dependencies);
  const thumbnailRequired = !dependencies.mediaStore.makesThumbnails;
  const router = Router();

  router.get('/', authenticateOptional, limit.read, validate(listVideosSchema), controller.list);

  router.post(
    '/',
    uploadEntrance,
    authenticate,
    limit.upload,
    slot,
    uploadFields(dependencies, {
      videoFile: { kind: 'video', required: true, upload: 'videoUpload' },
      thumbnail: { kind: 'image', required: thumbnailRequired, upload: 'thumbnailUpload' },
    }),
    validate(publishVideoSchema),
    controller.publish,
  );

  router.get(
    '/:videoId',
    authenticateOptional,
    limit.read,
    validate(videoIdSchema),
    controller.watch,
  );

  router.patch(
    '/:videoId',
    uploadEntrance,
    authenticate,
    limit.upload,
    slot,
    uploadFields(dependencies, { thumbnail: { kind: 'image', upload: 'thumbnailUpload' } }),
    validate(updateVideoSchema),
    controller.update,
  );

  router.delete('/:videoId', authenticate, limit.write, validate(videoIdSchema), controller.delete);

  router.get(
    '/:videoId/processing',
    authenticate,
    limit.read,
    validate(videoIdSchema),
    controller.processing,
  );

  router.post(
    '/:videoId/processing/retry',
    authenticate,
    limit.write,
    validate(videoIdSchema),
    controller.retryProcessing,
  );

  router.patch(
    '/toggle/publish/:videoId',
    authenticate,
    limit.write,
    validate(videoIdSchema),
    controller.togglePublished,
  );

  router.get(
    '/:videoId/related',
    authenticateOptional,
    limit.read,
    validate(relatedVideosSchema),
    controller.related,
  );

  return router;
}
