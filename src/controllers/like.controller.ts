import type { Response } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { presentVideo } from '../presenters/video.presenter';
import { findComment } from '../services/comment.service';
import { toggleLike, type LikeState } from '../services/like.service';
import { listLikedVideos } from '../services/liked-videos.service';
import { requireVisibleVideo } from '../services/video.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { commentIdSchema } from '../validators/comment.validator';
import { listLikedVideosSchema } from '../validators/like.validator';
import { tweetIdSchema } from '../validators/tweet.validator';
import { videoIdSchema } from '../validators/video.validator';

/** Handlers of /likes. */
export function createLikeController({ publicUrl, views }: AppDependencies) {
  return {
    toggleVideo: asyncHandler(async (request, response) => {
      const { params } = inputOf(videoIdSchema, request);
      const { _id } = await requireVisibleVideo(params.videoId, viewerOf(request));
      sendState(response, 'Video', await toggleLike(viewerOf(request), 'video', _id));
    }),

    toggleComment: asyncHandler(async (request, response) => {
      const { params } = inputOf(commentIdSchema, request);
      const { _id } = await findComment(params.commentId, viewerOf(request));
      sendState(response, 'Comment', await toggleLike(viewerOf(request), 'comment', _id));
    }),

    toggleTweet: asyncHandler(async (request, response) => {
      const { params } = inputOf(tweetIdSchema, request);
      sendState(response, 'Tweet', await toggleLike(viewerOf(request), 'tweet', params.tweetId));
    }),

    listVideos: asyncHandler(async (request, response) => {
      const { query } = inputOf(listLikedVideosSchema, request);
      const { rows, pagination } = await listLikedVideos(viewerOf(request), query);
      const videos = rows.map(({ video }) => presentVideo(views.withPending(video), publicUrl()));
      sendResponse(response, 200, videos, 'Liked videos', { pagination });
    }),
  };
}

function sendState(response: Response, thing: string, state: LikeState): void {
  sendResponse(response, 200, state, state.isLiked ? `${thing} liked` : 'Like taken back');
}
