import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createUploadController } from '../controllers/upload.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { speakTus } from '../middlewares/tus.middleware';
import { uploadEntrance, uploadSlot } from '../middlewares/upload-slot.middleware';
import { validate } from '../middlewares/validate.middleware';
import { listUploadsSchema, uploadIdSchema } from '../validators/upload.validator';

/** /api/v1/uploads, by the tus protocol: https://tus.io/protocols/resumable-upload */
export function createUploadRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createUploadController(dependencies);
  const slot = uploadSlot(dependencies);
  const router = Router();

  router.use(speakTus);

  router.get('/', authenticate, limit.read, validate(listUploadsSchema), controller.list);

  router.post('/', authenticate, limit.upload, slot, controller.create);

  router.get('/:uploadId', authenticate, limit.read, validate(uploadIdSchema), controller.show);

  // A large file comes in hundreds of them: `limit.upload` counted it when it was announced.
  router.patch(
    '/:uploadId',
    uploadEntrance,
    authenticate,
    limit.write,
    validate(uploadIdSchema),
    slot,
    controller.append,
  );

  router.delete(
    '/:uploadId',
    authenticate,
    limit.write,
    validate(uploadIdSchema),
    controller.terminate,
  );

  return router;
}
