import { viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { toggleVideoLike } from '../services/like.service';
import { requireVisibleVideo } from '../services/video.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { videoIdSchema } from '../validators/video.validator';

/** Handlers of /likes. */
export function createLikeController() {
  return {
    toggleVideo: asyncHandler(async (request, response) => {
      const { params } = inputOf(videoIdSchema, request);
      const { _id } = await requireVisibleVideo(params.videoId, viewerOf(request));
      const state = await toggleVideoLike(viewerOf(request), _id);
      sendResponse(response, 200, state, state.isLiked ? 'Video liked' : 'Like taken back');
    }),
  };
}
