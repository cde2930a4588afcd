import type { Request } from 'express';
import type { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { API_PREFIX } from '../constants';
import { optionalViewerOf, viewerOf } from '../middlewares/authenticate.middleware';
import { requiredFile, uploadedFiles } from '../middlewares/upload.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import type { VideoDetails, VideoWithOwner } from '../models/video.pipeline';
import { presentVideo, presentVideoDetails } from '../presenters/video.presenter';
import { listVideos } from '../services/video-list.service';
import { listRelatedVideos } from '../services/related-videos.service';
import { deleteVideo, togglePublished, updateVideo } from '../services/video-change.service';
import { publishVideo } from '../services/publish-video.service';
import { processingOf, retryProcessing } from '../services/video-processing.service';
import { findOwnVideo, findVideo } from '../services/video.service';
import { countViewOf } from './count-view';
import { recordWatching } from '../services/watch-history.service';
import { ApiError } from '../utils/api-error';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import {
  listVideosSchema,
  publishVideoSchema,
  relatedVideosSchema,
  updateVideoSchema,
  videoIdSchema,
} from '../validators/video.validator';

/** Handlers of /videos. */
export function createVideoController(dependencies: AppDependencies) {
  const { config, publicUrl, views } = dependencies;
  const present = (video: VideoWithOwner) => presentVideo(views.withPending(video), publicUrl());

  return {
    list: asyncHandler(async (request, response) => {
      const { query } = inputOf(listVideosSchema, request);
      const page = await listVideos(query, optionalViewerOf(request));
      const docs = page.docs.map(present);
      sendResponse(response, 200, { ...page, docs }, 'Videos');
    }),

    publish: asyncHandler(async (request, response) => {
      const { body } = inputOf(publishVideoSchema, request);
      const owner = viewerOf(request);
      const videoFile = requiredFile(request, 'videoFile');
      const { thumbnail } = uploadedFiles(request);
      const videoId = await publishVideo(dependencies, owner, body, { videoFile, thumbnail });
      const video = await findOwnVideo(videoId, owner);
      if (video.status === 'ready') {
        response.location(addressOf(videoId));
        sendResponse(response, 201, present(video), 'Video published');
      } else {
        response.location(`${addressOf(videoId)}/processing`);
        sendResponse(response, 202, present(video), 'Video accepted, still processing');
      }
    }),

    processing: asyncHandler(async (request, response) => {
      const { params } = inputOf(videoIdSchema, request);
      const processing = await processingOf(params.videoId, viewerOf(request));
      sendResponse(response, 200, processing, 'Processing');
    }),

    retryProcessing: asyncHandler(async (request, response) => {
      const { params } = inputOf(videoIdSchema, request);
      const owner = viewerOf(request);
      await retryProcessing(dependencies, params.videoId, owner);
      response.location(`${addressOf(params.videoId)}/processing`);
      const processing = await processingOf(params.videoId, owner);
      sendResponse(response, 202, processing, 'Trying again');
    }),

    watch: asyncHandler(async (request, response) => {
      const { params } = inputOf(videoIdSchema, request);
      const viewer = optionalViewerOf(request);
      const video = views.withPending(await findVideo(params.videoId, viewer));
      // RFC 9110 section 9.3.2: HEAD asks what a GET would say, and nobody watches.
      const counted = request.method === 'GET' && (await noteOpening(request, video, viewer));
      const seen = { ...video, views: video.views + (counted ? 1 : 0) };
      sendResponse(response, 200, presentVideoDetails(seen, publicUrl()), 'Video');
    }),

    update: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(updateVideoSchema, request);
      const owner = viewerOf(request);
      const { thumbnail } = uploadedFiles(request);
      if (!thumbnail && Object.keys(body).length === 0) throw nothingToChange();
      await updateVideo(dependencies, params.videoId, owner, body, thumbnail);
      const video = await findVideo(params.videoId, owner);
      sendResponse(response, 200, present(video), 'Video changed');
    }),

    delete: asyncHandler(async (request, response) => {
      const { params } = inputOf(videoIdSchema, request);
      await deleteVideo(dependencies, params.videoId, viewerOf(request));
      sendResponse(response, 200, {}, 'Video deleted');
    }),

    togglePublished: asyncHandler(async (request, response) => {
      const { params } = inputOf(videoIdSchema, request);
      const owner = viewerOf(request);
      await togglePublished(params.videoId, owner);
      const video = await findVideo(params.videoId, owner);
      const message = video.isPublished ? 'Video published' : 'Video hidden';
      sendResponse(response, 200, present(video), message);
    }),

    related: asyncHandler(async (request, response) => {
      const { params, query } = inputOf(relatedVideosSchema, request);
      const viewer = optionalViewerOf(request);
      const { rows, pagination } = await listRelatedVideos(params.videoId, query, viewer);
      const videos = rows.map(present);
      sendResponse(response, 200, videos, 'Related videos', { pagination });
    }),
  };

  /** @returns whether it counts as a view */
  async function noteOpening(
    request: Request,
    video: VideoDetails,
    viewer: Types.ObjectId | undefined,
  ): Promise<boolean> {
    const [counted] = await Promise.all([
      config.viewRule === 'open' && countViewOf(dependencies, request, ownedBy(video)),
      viewer && recordWatching(viewer, video),
    ]);
    return counted;
  }
}

function addressOf(videoId: Types.ObjectId): string {
  return `${API_PREFIX}/videos/${videoId.toString()}`;
}

function ownedBy({ _id, owner }: VideoDetails) {
  return { _id, owner: owner?._id };
}

function nothingToChange(): ApiError {
  return ApiError.invalidField(
    'title',
    'Send at least one of title, description, tags, category and thumbnail',
    'REQUIRED',
  );
}
