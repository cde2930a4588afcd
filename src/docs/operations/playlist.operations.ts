import { z } from 'zod';
import { PLAYLIST_MAX_VIDEOS } from '../../constants';
import { aliases, type Operations } from '../operation';
import { nothing } from '../schemas/common.schema';
import { EXAMPLE_EMPTY_PLAYLIST, EXAMPLE_PLAYLIST, playlist } from '../schemas/playlist.schema';

const params = { playlistId: '{{playlistId}}' };
const both = { videoId: '{{videoId}}', playlistId: '{{playlistId}}' };

const operations: Operations = {
  'POST /api/v1/playlist': {
    tag: 'Playlists',
    summary: 'Create a playlist',
    description: 'Everybody can see it unless `isPublic` is false.',
    access: 'signed in',
    rateLimit: 'write',
    statusCode: 201,
    answer: playlist,
    saves: { playlistId: 'data._id' },
    example: {
      body: { name: EXAMPLE_PLAYLIST.name, description: EXAMPLE_PLAYLIST.description },
      data: EXAMPLE_EMPTY_PLAYLIST,
    },
  },
  'PATCH /api/v1/playlist/add/:videoId/:playlistId': {
    tag: 'Playlists',
    summary: 'Put a video at the end of a playlist',
    description: `A video that is in it already stays where it is. A playlist holds at most ${PLAYLIST_MAX_VIDEOS}.`,
    access: 'signed in',
    rateLimit: 'write',
    answer: playlist,
    failures: [
      '403 FORBIDDEN',
      '404 PLAYLIST_NOT_FOUND',
      '404 VIDEO_NOT_FOUND',
      '409 PLAYLIST_FULL',
    ],
    example: { params: both, data: EXAMPLE_PLAYLIST },
  },
  'GET /api/v1/playlist/:playlistId': {
    tag: 'Playlists',
    summary: 'Get a playlist',
    description:
      'Videos that others have hidden are left out, of the totals too, until they are published again.',
    access: 'guest',
    rateLimit: 'read',
    answer: playlist,
    failures: ['404 PLAYLIST_NOT_FOUND'],
    example: { params, data: EXAMPLE_PLAYLIST },
  },
  'GET /api/v1/playlist/user/:userId': {
    tag: 'Playlists',
    summary: 'List the playlists of a person, newest first',
    description:
      'Private ones are for their owner alone; the list to watch later is not among them.',
    access: 'guest',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(playlist),
    failures: ['404 CHANNEL_NOT_FOUND'],
    example: {
      params: { userId: '{{userId}}' },
      query: { limit: '20' },
      data: [EXAMPLE_PLAYLIST],
    },
  },
  'GET /api/v1/playlist/watch-later': {
    tag: 'Playlists',
    summary: 'Get your list of videos to watch later',
    description:
      'It is made on first use. Videos come and go as with any playlist, by its `_id`; it stays private and keeps its name.',
    access: 'signed in',
    rateLimit: 'read',
    answer: playlist,
    example: { data: { ...EXAMPLE_EMPTY_PLAYLIST, name: 'Watch later', description: '' } },
  },
  'PATCH /api/v1/playlist/:playlistId': {
    tag: 'Playlists',
    summary: 'Rename a playlist of yours, or make it private or public',
    access: 'signed in',
    rateLimit: 'write',
    answer: playlist,
    failures: ['403 FORBIDDEN', '404 PLAYLIST_NOT_FOUND', '409 PLAYLIST_FIXED'],
    example: {
      params,
      body: { name: 'Before the transistor', isPublic: false },
      data: { ...EXAMPLE_PLAYLIST, name: 'Before the transistor', isPublic: false },
    },
  },
  'PATCH /api/v1/playlist/remove/:videoId/:playlistId': {
    tag: 'Playlists',
    summary: 'Take a video out of a playlist',
    description: 'One that is not in it, or is gone, is a success.',
    access: 'signed in',
    rateLimit: 'write',
    answer: playlist,
    failures: ['403 FORBIDDEN', '404 PLAYLIST_NOT_FOUND'],
    example: { params: both, data: EXAMPLE_EMPTY_PLAYLIST },
  },
  'DELETE /api/v1/playlist/:playlistId': {
    tag: 'Playlists',
    summary: 'Delete a playlist of yours',
    access: 'signed in',
    rateLimit: 'write',
    answer: nothing,
    failures: ['403 FORBIDDEN', '404 PLAYLIST_NOT_FOUND', '409 PLAYLIST_FIXED'],
    example: { params, data: {} },
  },
};

export const playlistOperations: Operations = {
  ...operations,
  ...aliases(operations, {
    'POST /api/v1/playlists': 'POST /api/v1/playlist',
    'PATCH /api/v1/playlists/add/:videoId/:playlistId':
      'PATCH /api/v1/playlist/add/:videoId/:playlistId',
    'GET /api/v1/playlists/:playlistId': 'GET /api/v1/playlist/:playlistId',
    'GET /api/v1/playlists/user/:userId': 'GET /api/v1/playlist/user/:userId',
    'GET /api/v1/playlists/watch-later': 'GET /api/v1/playlist/watch-later',
    'PATCH /api/v1/playlists/:playlistId': 'PATCH /api/v1/playlist/:playlistId',
    'PATCH /api/v1/playlists/remove/:videoId/:playlistId':
      'PATCH /api/v1/playlist/remove/:videoId/:playlistId',
    'DELETE /api/v1/playlists/:playlistId': 'DELETE /api/v1/playlist/:playlistId',
  }),
};
