import type { AppDependencies } from '../app-dependencies';
import { viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { presentVideo } from '../presenters/video.presenter';
import { channelStats, dailyViews, listOwnVideos } from '../services/dashboard.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { dailyViewsSchema, ownVideosSchema } from '../validators/dashboard.validator';

/** Handlers of /dashboard: the caller's own channel, up to the last view that this instance counted. */
export function createDashboardController({ publicUrl, views }: AppDependencies) {
  return {
    stats: asyncHandler(async (request, response) => {
      await views.flush();
      sendResponse(response, 200, await channelStats(viewerOf(request)), 'Channel statistics');
    }),

    videos: asyncHandler(async (request, response) => {
      const { query } = inputOf(ownVideosSchema, request);
      const { rows, pagination } = await listOwnVideos(viewerOf(request), query);
      const videos = rows.map((video) => presentVideo(views.withPending(video), publicUrl()));
      sendResponse(response, 200, videos, 'Your videos', { pagination });
    }),

    views: asyncHandler(async (request, response) => {
      const { query } = inputOf(dailyViewsSchema, request);
      await views.flush();
      const days = await dailyViews(viewerOf(request), query.days);
      sendResponse(response, 200, days, 'Daily views');
    }),
  };
}
