import type { AppDependencies } from '../app-dependencies';
import { viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { presentWatchedVideo } from '../presenters/video.presenter';
import { requireVisibleVideo } from '../services/video.service';
import {
  clearHistory,
  forgetVideo,
  listHistory,
  recordWatching,
  setHistoryPaused,
} from '../services/watch-history.service';
import { isWatched } from '../services/view.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { countViewOf } from './count-view';
import { videoIdSchema } from '../validators/video.validator';
import {
  listHistorySchema,
  pauseHistorySchema,
  saveProgressSchema,
} from '../validators/watch-history.validator';

/** Handlers of /users/history. */
export function createWatchHistoryController(dependencies: AppDependencies) {
  const { config, publicUrl, views } = dependencies;

  return {
    list: asyncHandler(async (request, response) => {
      const { query } = inputOf(listHistorySchema, request);
      const { rows, pagination } = await listHistory(viewerOf(request), query);
      const videos = rows.map((row) =>
        presentWatchedVideo({ ...row, video: views.withPending(row.video) }, publicUrl()),
      );
      sendResponse(response, 200, videos, 'Watch history', { pagination });
    }),

    saveProgress: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(saveProgressSchema, request);
      const video = await requireVisibleVideo(params.videoId, viewerOf(request));
      const [state] = await Promise.all([
        recordWatching(viewerOf(request), video, body.progress),
        config.viewRule === 'watch' &&
          isWatched(body.progress, video.duration) &&
          countViewOf(dependencies, request, video),
      ]);
      const { progress, watchedAt, completed } = state;
      sendResponse(response, 200, { progress, watchedAt, completed }, 'Progress saved');
    }),

    forget: asyncHandler(async (request, response) => {
      const { params } = inputOf(videoIdSchema, request);
      await forgetVideo(viewerOf(request), params.videoId);
      sendResponse(response, 200, {}, 'Video removed from the watch history');
    }),

    clear: asyncHandler(async (request, response) => {
      await clearHistory(viewerOf(request));
      sendResponse(response, 200, {}, 'Watch history cleared');
    }),

    pause: asyncHandler(async (request, response) => {
      const { body } = inputOf(pauseHistorySchema, request);
      await setHistoryPaused(viewerOf(request), body.paused);
      const message = body.paused ? 'Watch history paused' : 'Watch history on';
      sendResponse(response, 200, { paused: body.paused }, message);
    }),
  };
}
