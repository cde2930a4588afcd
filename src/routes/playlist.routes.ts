import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createPlaylistController } from '../controllers/playlist.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import {
  createPlaylistSchema,
  listPlaylistsSchema,
  playlistIdSchema,
  playlistVideoSchema,
  updatePlaylistSchema,
} from '../validators/playlist.validator';

/** /api/v1/playlist, and the same at /api/v1/playlists */
export function createPlaylistRouter(dependencies: AppDependencies): Router {
  const { authenticate, authenticateOptional } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createPlaylistController(dependencies);
  const router = Router();

  router.post(
    '/',
    authenticate,
    limit.write,
    formFields(),
    validate(createPlaylistSchema),
    controller.create,
  );

  // Before `/:playlistId`, which would take it for an id.
  router.get('/watch-later', authenticate, limit.read, controller.watchLater);

  router.get(
    '/user/:userId',
    authenticateOptional,
    limit.read,
    validate(listPlaylistsSchema),
    controller.listOfUser,
  );
  router.get(
    '/:playlistId',
    authenticateOptional,
    limit.read,
    validate(playlistIdSchema),
    controller.get,
  );
  router.patch(
    '/:playlistId',
    authenticate,
    limit.write,
    formFields(),
    validate(updatePlaylistSchema),
    controller.update,
  );
  router.delete(
    '/:playlistId',
    authenticate,
    limit.write,
    validate(playlistIdSchema),
    controller.delete,
  );
  router.patch(
    '/add/:videoId/:playlistId',
    authenticate,
    limit.write,
    validate(playlistVideoSchema),
    controller.addVideo,
  );
  router.patch(
    '/remove/:videoId/:playlistId',
    authenticate,
    limit.write,
    validate(playlistVideoSchema),
    controller.removeVideo,
  );

  return router;
}
