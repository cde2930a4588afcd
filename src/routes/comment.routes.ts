import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createCommentController } from '../controllers/comment.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import {
  addCommentSchema,
  commentIdSchema,
  listCommentsSchema,
  listRepliesSchema,
  writeCommentSchema,
} from '../validators/comment.validator';

/** /api/v1/comments */
export function createCommentRouter(dependencies: AppDependencies): Router {
  const { authenticate, authenticateOptional } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createCommentController(dependencies);
  const router = Router();

  router.get(
    '/:videoId',
    authenticateOptional,
    limit.read,
    validate(listCommentsSchema),
    controller.list,
  );
  router.post(
    '/:videoId',
    authenticate,
    limit.write,
    formFields(),
    validate(addCommentSchema),
    controller.add,
  );

  router.get(
    '/c/:commentId',
    authenticateOptional,
    limit.read,
    validate(commentIdSchema),
    controller.get,
  );
  router.patch(
    '/c/:commentId',
    authenticate,
    limit.write,
    formFields(),
    validate(writeCommentSchema),
    controller.edit,
  );
  router.delete(
    '/c/:commentId',
    authenticate,
    limit.write,
    validate(commentIdSchema),
    controller.delete,
  );

  router.get(
    '/c/:commentId/replies',
    authenticateOptional,
    limit.read,
    validate(listRepliesSchema),
    controller.listReplies,
  );
  router.post(
    '/c/:commentId/replies',
    authenticate,
    limit.write,
    formFields(),
    validate(writeCommentSchema),
    controller.reply,
  );

  return router;
}
