import type { Operations } from '../operation';
import { comment, EXAMPLE_COMMENT } from '../schemas/comment.schema';
import { examplePage, nothing, pluginPage } from '../schemas/common.schema';

const params = { commentId: '{{commentId}}' };
const reply = {
  ...EXAMPLE_COMMENT,
  _id: '6650f2d3a4b5c6d7e8f90212',
  parent: EXAMPLE_COMMENT._id,
  repliesCount: 0,
};

export const commentOperations: Operations = {
  'POST /api/v1/comments/:videoId': {
    tag: 'Comments',
    summary: 'Comment on a video',
    access: 'signed in',
    rateLimit: 'write',
    statusCode: 201,
    answer: comment,
    failures: ['404 VIDEO_NOT_FOUND'],
    saves: { commentId: 'data._id' },
    example: {
      params: { videoId: '{{videoId}}' },
      body: { content: EXAMPLE_COMMENT.content },
      data: { ...EXAMPLE_COMMENT, likesCount: 0, repliesCount: 0 },
    },
  },
  'GET /api/v1/comments/:videoId': {
    tag: 'Comments',
    summary: 'List the comments on a video',
    description: 'Replies are apart, under each comment.',
    access: 'guest',
    rateLimit: 'read',
    answer: pluginPage(comment),
    failures: ['404 VIDEO_NOT_FOUND'],
    example: {
      params: { videoId: '{{videoId}}' },
      query: { page: '1', limit: '20', sortBy: 'likesCount' },
      data: examplePage([EXAMPLE_COMMENT]),
    },
  },
  'POST /api/v1/comments/c/:commentId/replies': {
    tag: 'Comments',
    summary: 'Reply to a comment',
    description: 'Replies are one level deep: a reply to a reply joins its siblings.',
    access: 'signed in',
    rateLimit: 'write',
    statusCode: 201,
    answer: comment,
    failures: ['404 COMMENT_NOT_FOUND', '404 VIDEO_NOT_FOUND'],
    saves: { replyId: 'data._id' },
    example: { params, body: { content: 'Chapter three does.' }, data: reply },
  },
  'GET /api/v1/comments/c/:commentId/replies': {
    tag: 'Comments',
    summary: 'List the replies to a comment',
    access: 'guest',
    rateLimit: 'read',
    answer: pluginPage(comment),
    failures: ['404 COMMENT_NOT_FOUND'],
    example: { params, query: { limit: '20' }, data: examplePage([reply]) },
  },
  'GET /api/v1/comments/c/:commentId': {
    tag: 'Comments',
    summary: 'Get a comment or reply',
    access: 'guest',
    rateLimit: 'read',
    answer: comment,
    failures: ['404 COMMENT_NOT_FOUND'],
    example: { params, data: EXAMPLE_COMMENT },
  },
  'PATCH /api/v1/comments/c/:commentId': {
    tag: 'Comments',
    summary: 'Change a comment of yours',
    access: 'signed in',
    rateLimit: 'write',
    answer: comment,
    failures: ['403 FORBIDDEN', '404 COMMENT_NOT_FOUND'],
    example: {
      params,
      body: { content: 'The cards explain it better than most books.' },
      data: { ...EXAMPLE_COMMENT, content: 'The cards explain it better than most books.' },
    },
  },
  'DELETE /api/v1/comments/c/:commentId': {
    tag: 'Comments',
    summary: 'Delete a comment with its replies',
    description: 'For its author, and for the owner of the video.',
    access: 'signed in',
    rateLimit: 'write',
    answer: nothing,
    failures: ['403 FORBIDDEN', '404 COMMENT_NOT_FOUND'],
    example: { params, data: {} },
  },
};
