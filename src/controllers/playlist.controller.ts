import type { Response } from 'express';
import type { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { API_PREFIX } from '../constants';
import { optionalViewerOf, viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import type { ShownPlaylist } from '../models/playlist.pipeline';
import { presentPlaylist } from '../presenters/playlist.presenter';
import { presentVideo } from '../presenters/video.presenter';
import { requireChannel } from '../services/channel.service';
import { addVideoToPlaylist, removeVideoFromPlaylist } from '../services/playlist-videos.service';
import {
  createPlaylist,
  deletePlaylist,
  findPlaylist,
  listPlaylists,
  updatePlaylist,
  watchLaterOf,
} from '../services/playlist.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import {
  createPlaylistSchema,
  listPlaylistsSchema,
  playlistIdSchema,
  playlistVideoSchema,
  updatePlaylistSchema,
} from '../validators/playlist.validator';

/** Handlers of /playlist. */
export function createPlaylistController({ publicUrl, views }: AppDependencies) {
  const present = (playlist: ShownPlaylist) =>
    presentPlaylist(playlist, publicUrl(), (video) =>
      presentVideo(views.withPending(video), publicUrl()),
    );
  return {
    create: asyncHandler(async (request, response) => {
      const { body } = inputOf(createPlaylistSchema, request);
      const owner = viewerOf(request);
      const playlistId = await createPlaylist(owner, body);
      response.location(`${API_PREFIX}/playlist/${playlistId.toString()}`);
      await sendPlaylist(response, playlistId, owner, 'Playlist created', 201);
    }),

    get: asyncHandler(async (request, response) => {
      const { params } = inputOf(playlistIdSchema, request);
      await sendPlaylist(response, params.playlistId, optionalViewerOf(request), 'Playlist');
    }),

    watchLater: asyncHandler(async (request, response) => {
      const owner = viewerOf(request);
      sendResponse(response, 200, present(await watchLaterOf(owner)), 'Videos to watch later');
    }),

    listOfUser: asyncHandler(async (request, response) => {
      const { params, query } = inputOf(listPlaylistsSchema, request);
      await requireChannel(params.userId);
      const viewer = optionalViewerOf(request);
      const { rows, pagination } = await listPlaylists(params.userId, query, viewer);
      sendResponse(response, 200, rows.map(present), 'Playlists', { pagination });
    }),

    update: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(updatePlaylistSchema, request);
      const owner = viewerOf(request);
      await updatePlaylist(params.playlistId, owner, body);
      await sendPlaylist(response, params.playlistId, owner, 'Playlist changed');
    }),

    delete: asyncHandler(async (request, response) => {
      const { params } = inputOf(playlistIdSchema, request);
      await deletePlaylist(params.playlistId, viewerOf(request));
      sendResponse(response, 200, {}, 'Playlist deleted');
    }),

    addVideo: asyncHandler(async (request, response) => {
      const { params } = inputOf(playlistVideoSchema, request);
      const owner = viewerOf(request);
      await addVideoToPlaylist(params.playlistId, params.videoId, owner);
      await sendPlaylist(response, params.playlistId, owner, 'Video added to the playlist');
    }),

    removeVideo: asyncHandler(async (request, response) => {
      const { params } = inputOf(playlistVideoSchema, request);
      const owner = viewerOf(request);
      await removeVideoFromPlaylist(params.playlistId, params.videoId, owner);
      await sendPlaylist(response, params.playlistId, owner, 'Video removed from the playlist');
    }),
  };

  async function sendPlaylist(
    response: Response,
    playlistId: Types.ObjectId,
    viewer: Types.ObjectId | undefined,
    message: string,
    statusCode: 200 | 201 = 200,
  ): Promise<void> {
    const playlist = await findPlaylist(playlistId, viewer);
    sendResponse(response, statusCode, present(playlist), message);
  }
}
