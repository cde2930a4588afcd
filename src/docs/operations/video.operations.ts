import type { Operations } from '../operation';
import { examplePage, pluginPage } from '../schemas/common.schema';
import { EXAMPLE_VIDEO, video, videoDetails } from '../schemas/video.schema';

export const videoOperations: Operations = {
  'POST /api/v1/videos': {
    tag: 'Videos',
    summary: 'Publish a video',
    description: 'What a file is, its content decides; its name and type play no part.',
    access: 'signed in',
    rateLimit: 'upload',
    statusCode: 201,
    answer: video,
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
      'Published ones; who asks with their own `userId` sees their unpublished ones too. `query` looks for words in title, description and tags.',
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
      params: { videoId: '{{videoId}}' },
      data: {
        ...EXAMPLE_VIDEO,
        owner: { ...EXAMPLE_VIDEO.owner, subscribersCount: 1815, isSubscribed: false },
        isLiked: false,
        progress: 0,
      },
    },
  },
};
