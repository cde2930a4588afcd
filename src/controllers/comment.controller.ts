import type { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { API_PREFIX } from '../constants';
import { optionalViewerOf, viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { presentComment } from '../presenters/comment.presenter';
import { listComments, listReplies } from '../services/comment-list.service';
import {
  addComment,
  deleteComment,
  editComment,
  findComment,
  findWrittenComment,
  threadOf,
} from '../services/comment.service';
import { requireVisibleVideo } from '../services/video.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import {
  addCommentSchema,
  commentIdSchema,
  listCommentsSchema,
  listRepliesSchema,
  writeCommentSchema,
} from '../validators/comment.validator';

/** Handlers of /comments. */
export function createCommentController({ publicUrl, removals }: AppDependencies) {
  return {
    list: asyncHandler(async (request, response) => {
      const { params, query } = inputOf(listCommentsSchema, request);
      const page = await listComments(params.videoId, query, optionalViewerOf(request));
      const docs = page.docs.map((comment) => presentComment(comment, publicUrl()));
      sendResponse(response, 200, { ...page, docs }, 'Comments');
    }),

    add: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(addCommentSchema, request);
      const owner = viewerOf(request);
      const video = await requireVisibleVideo(params.videoId, owner);
      const commentId = await addComment({ video: video._id, parent: null, owner, ...body });
      const comment = await findWrittenComment(commentId, owner);
      response.location(addressOf(commentId));
      sendResponse(response, 201, presentComment(comment, publicUrl()), 'Comment added');
    }),

    get: asyncHandler(async (request, response) => {
      const { params } = inputOf(commentIdSchema, request);
      const comment = await findComment(params.commentId, optionalViewerOf(request));
      sendResponse(response, 200, presentComment(comment, publicUrl()), 'Comment');
    }),

    edit: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(writeCommentSchema, request);
      const comment = await editComment(params.commentId, viewerOf(request), body.content);
      sendResponse(response, 200, presentComment(comment, publicUrl()), 'Comment changed');
    }),

    delete: asyncHandler(async (request, response) => {
      const { params } = inputOf(commentIdSchema, request);
      await deleteComment(removals, params.commentId, viewerOf(request));
      sendResponse(response, 200, {}, 'Comment deleted');
    }),

    listReplies: asyncHandler(async (request, response) => {
      const { params, query } = inputOf(listRepliesSchema, request);
      const viewer = optionalViewerOf(request);
      const comment = await findComment(params.commentId, viewer);
      const page = await listReplies(comment, query, viewer);
      const docs = page.docs.map((reply) => presentComment(reply, publicUrl()));
      sendResponse(response, 200, { ...page, docs }, 'Replies');
    }),

    reply: asyncHandler(async (request, response) => {
      const { params, body } = inputOf(writeCommentSchema, request);
      const owner = viewerOf(request);
      const comment = await findComment(params.commentId, owner);
      const { video } = comment;
      const replyId = await addComment({ video, parent: threadOf(comment), owner, ...body });
      const reply = await findWrittenComment(replyId, owner);
      response.location(addressOf(replyId));
      sendResponse(response, 201, presentComment(reply, publicUrl()), 'Reply added');
    }),
  };
}

function addressOf(commentId: Types.ObjectId): string {
  return `${API_PREFIX}/comments/c/${commentId.toString()}`;
}
