import { z } from 'zod';
import type { Operations } from '../operation';
import { EXAMPLE_TIME, examplePage, nothing, pluginPage } from '../schemas/common.schema';
import { EXAMPLE_VIDEO, processing, video, videoDetails } from '../schemas/video.schema';

const params = { videoId: '{{videoId}}' };

export const videoOperations: Operations = {
  'POST /api/v1/videos': {
    tag: 'Videos',
    summary: 'Publish a video',
    description:
      'What a file is, its content decides; its name and type play no part. Once this answers, the files are kept, whatever happens to the server or the media store. In place of a file, `videoUpload` or `thumbnailUpload` may name a complete upload (see Uploads), which ends with that; then JSON will do.',
    access: 'signed in',
    rateLimit: 'upload',
    statusCode: 201,
    answer: video,
    otherAnswers: {
      202: {
        statusCode: 202,
        description:
          'Accepted, and still on its way into the media store. Until then only its owner sees the video, without files; `Location` tells how far it is.',
        data: { ...EXAMPLE_VIDEO, videoFile: '', thumbnail: '', status: 'processing' },
      },
    },
    // Its owner may delete it while this waits.
    failures: ['404 VIDEO_NOT_FOUND', '413 QUOTA_EXCEEDED'],
    example: {
      body: {
        title: 'The analytical engine, explained',
        description: 'Wheels, cards and the first program.',
        tags: 'computing,history',
        category: 'Education',
      },
      files: { videoFile: 'clip.mp4', thumbnail: 'picture.jpg' },
      data: EXAMPLE_VIDEO,
    },
    saves: {
      videoId: 'data._id',
      // The last three parts of the file's address.
      mediaFirst: 'data.videoFile.-3',
      mediaSecond: 'data.videoFile.-2',
      mediaName: 'data.videoFile.-1',
    },
  },
  'GET /api/v1/videos': {
    tag: 'Videos',
    summary: 'List and search videos',
    description:
      'Published ones; who asks with their own `userId` sees their unpublished ones too. `query` looks for words in title, description and tags. It finds at most 1000 videos, the newest of each word, and ranks, sorts and counts these; quotes and `-word` narrow it.',
    access: 'guest',
    rateLimit: 'read',
    answer: pluginPage(video),
    example: {
      query: { limit: '20', sortBy: 'createdAt', sortType: 'desc' },
      data: examplePage([EXAMPLE_VIDEO]),
    },
  },
  'GET /api/v1/videos/:videoId': {
    tag: 'Videos',
    summary: 'Watch a video',
    description:
      'Counts a view, once per viewer and window, and puts the video on top of the history of who is signed in.',
    access: 'guest',
    rateLimit: 'read',
    answer: videoDetails,
    failures: ['404 VIDEO_NOT_FOUND'],
    example: {
      params,
      data: {
        ...EXAMPLE_VIDEO,
        owner: { ...EXAMPLE_VIDEO.owner, subscribersCount: 1815, isSubscribed: false },
        isLiked: false,
        progress: 0,
        hlsStatus: 'unavailable',
      },
    },
  },
  'GET /api/v1/videos/:videoId/related': {
    tag: 'Videos',
    summary: 'List videos like this one',
    description:
      'Most alike first: by shared tags, category and channel, then what is new. A few hundred at most.',
    access: 'guest',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(video),
    failures: ['404 VIDEO_NOT_FOUND'],
    example: { params, query: { limit: '20' }, data: [EXAMPLE_VIDEO] },
  },
  'PATCH /api/v1/videos/:videoId': {
    tag: 'Videos',
    summary: 'Change a video of yours',
    description:
      'What is left out stays as it is; a new thumbnail replaces the file of the old. `thumbnailUpload` may name an upload in its place.',
    access: 'signed in',
    rateLimit: 'upload',
    answer: video,
    failures: ['403 FORBIDDEN', '404 VIDEO_NOT_FOUND', '413 QUOTA_EXCEEDED'],
    example: {
      params,
      body: { title: 'The analytical engine, explained again' },
      files: { thumbnail: 'picture.png' },
      data: { ...EXAMPLE_VIDEO, title: 'The analytical engine, explained again' },
    },
  },
  'GET /api/v1/videos/:videoId/processing': {
    tag: 'Videos',
    summary: 'Ask how far a video of yours is',
    description:
      'While its `status` is `processing`, its files are on their way into the media store. `failed` means that the store refused them, or was away for too long: try again, or delete the video. `hlsStatus` says the same of its renditions for streaming, without which it plays as it came.',
    access: 'signed in',
    rateLimit: 'read',
    answer: processing,
    failures: ['403 FORBIDDEN', '404 VIDEO_NOT_FOUND'],
    example: {
      params,
      data: {
        status: 'processing',
        hlsStatus: 'unavailable',
        attempts: 3,
        nextAttemptAt: EXAMPLE_TIME,
        error: {
          code: 'PROVIDER_ERROR',
          message: 'The media provider did not take the request; please try again',
        },
      },
    },
  },
  'POST /api/v1/videos/:videoId/processing/retry': {
    tag: 'Videos',
    summary: 'Try again what has failed',
    description:
      'The files are still there: nothing needs to be sent again. For a video that failed, or its renditions.',
    access: 'signed in',
    rateLimit: 'write',
    statusCode: 202,
    answer: processing,
    failures: ['403 FORBIDDEN', '404 VIDEO_NOT_FOUND', '409 NOTHING_FAILED'],
    refusedInRun: '409 NOTHING_FAILED',
    example: {
      params,
      data: {
        status: 'processing',
        hlsStatus: 'unavailable',
        attempts: 0,
        nextAttemptAt: EXAMPLE_TIME,
        error: null,
      },
    },
  },
  'PATCH /api/v1/videos/toggle/publish/:videoId': {
    tag: 'Videos',
    summary: 'Hide a video of yours, or publish it again',
    description:
      'A hidden video exists for nobody but its owner. While it is processing, this says what becomes of it afterwards.',
    access: 'signed in',
    rateLimit: 'write',
    answer: video,
    failures: ['403 FORBIDDEN', '403 VIDEO_TAKEN_DOWN', '404 VIDEO_NOT_FOUND'],
    example: { params, data: { ...EXAMPLE_VIDEO, isPublished: false } },
  },
  'DELETE /api/v1/videos/:videoId': {
    tag: 'Videos',
    summary: 'Delete a video of yours',
    description:
      'With its comments, likes, files, and places in playlists and histories. It is gone at once; what hangs on a popular one may take a while longer to be cleared away.',
    access: 'signed in',
    rateLimit: 'write',
    answer: nothing,
    failures: ['403 FORBIDDEN', '404 VIDEO_NOT_FOUND'],
    example: { params, data: {} },
  },
};
