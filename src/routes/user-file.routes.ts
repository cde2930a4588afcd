import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createUserFileController } from '../controllers/user-file.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { uploadFields } from '../middlewares/upload.middleware';
import { uploadEntrance, uploadSlot } from '../middlewares/upload-slot.middleware';
import { validate } from '../middlewares/validate.middleware';
import { MEDIA_KINDS } from '../services/media/media-store';
import {
  addUserFileSchema,
  listUserFilesSchema,
  userFileIdSchema,
} from '../validators/user-file.validator';

/** /api/v1/files */
export function createUserFileRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createUserFileController(dependencies);
  const router = Router();

  router.get('/', authenticate, limit.read, validate(listUserFilesSchema), controller.list);
  router.post(
    '/',
    uploadEntrance,
    authenticate,
    limit.upload,
    uploadSlot(dependencies),
    uploadFields(dependencies, { file: { kind: MEDIA_KINDS, required: true } }),
    validate(addUserFileSchema),
    controller.add,
  );
  router.get('/:fileId', authenticate, limit.read, validate(userFileIdSchema), controller.get);
  router.delete(
    '/:fileId',
    authenticate,
    limit.write,
    validate(userFileIdSchema),
    controller.delete,
  );

  return router;
}
