import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createMediaController } from '../controllers/media.controller';
import { openToAllOrigins } from '../middlewares/open-to-all-origins.middleware';
import { validate } from '../middlewares/validate.middleware';
import { mediaPieceSchema, mediaSchema } from '../validators/media.validator';

/**
 * Serves the files of the local store, to anybody: their names cannot be guessed. Mounted also
 * beside Cloudinary, for what was stored before it was configured.
 */
export function createMediaRouter(dependencies: Pick<AppDependencies, 'config'>): Router {
  const controller = createMediaController(dependencies);
  const router = Router();
  router.use(openToAllOrigins);
  router.get('/:first/:second/:name', validate(mediaSchema), controller.sendMedia);
  router.get('/:first/:second/:asset/:name', validate(mediaPieceSchema), controller.sendPiece);
  return router;
}
