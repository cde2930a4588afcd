import { z } from 'zod';
import { COMMENT_MAX_LENGTH } from '../constants';
import { objectId, pagingQuery, sortType, writtenText } from './common.validator';
import { videoIdSchema } from './video.validator';

const content = writtenText(COMMENT_MAX_LENGTH);
const commentParams = z.object({ commentId: objectId });

/** GET /comments/:videoId */
export const listCommentsSchema = videoIdSchema.extend({
  query: z.object({
    ...pagingQuery,
    sortBy: z.enum(['createdAt', 'likesCount']).default('createdAt'),
    sortType,
  }),
});

export type CommentListQuery = z.output<typeof listCommentsSchema>['query'];

/** POST /comments/:videoId */
export const addCommentSchema = videoIdSchema.extend({ body: z.strictObject({ content }) });

/** Every route with a `:commentId` and nothing else. */
export const commentIdSchema = z.object({ params: commentParams });

/** PATCH /comments/c/:commentId and POST /comments/c/:commentId/replies */
export const writeCommentSchema = commentIdSchema.extend({ body: z.strictObject({ content }) });

/** GET /comments/c/:commentId/replies; newest first, as the comments above them. */
export const listRepliesSchema = commentIdSchema.extend({
  query: z.object({ ...pagingQuery, sortType }),
});
