import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createLikeController } from '../controllers/like.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import { commentIdSchema } from '../validators/comment.validator';
import { listLikedVideosSchema } from '../validators/like.validator';
import { tweetIdSchema } from '../validators/tweet.validator';
import { videoIdSchema } from '../validators/video.validator';

/** /api/v1/likes */
export function createLikeRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createLikeController(dependencies);
  const router = Router();

  router.post(
    '/toggle/v/:videoId',
    authenticate,
    limit.write,
    validate(videoIdSchema),
    controller.toggleVideo,
  );
  router.post(
    '/toggle/c/:commentId',
    authenticate,
    limit.write,
    validate(commentIdSchema),
    controller.toggleComment,
  );
  router.post(
    '/toggle/t/:tweetId',
    authenticate,
    limit.write,
    validate(tweetIdSchema),
    controller.toggleTweet,
  );
  router.get(
    '/videos',
    authenticate,
    limit.read,
    validate(listLikedVideosSchema),
    controller.listVideos,
  );

  return router;
}
