import { Schema, model, type AggregatePaginateModel, type Types } from 'mongoose';
import aggregatePaginate from 'mongoose-aggregate-paginate-v2';
import { COMMENT_MAX_LENGTH } from '../constants';
import { atMost } from './text-length';

/** A comment under a video, or a reply to one. Replies are one level deep. */
export interface CommentFields {
  _id: Types.ObjectId;
  video: Types.ObjectId;
  /** Null for a comment on the video itself. */
  parent: Types.ObjectId | null;
  owner: Types.ObjectId;
  content: string;
  /** Stored, not counted: each moves in the transaction that moves the row behind it. */
  likesCount: number;
  repliesCount: number;
  createdAt: Date;
  updatedAt: Date;
}

const counter = { type: Number, default: 0, min: 0 } as const;

const commentSchema = new Schema<CommentFields>(
  {
    video: { type: Schema.Types.ObjectId, ref: 'Video', required: true },
    parent: { type: Schema.Types.ObjectId, ref: 'Comment', default: null },
    owner: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    content: { type: String, required: true, trim: true, ...atMost(COMMENT_MAX_LENGTH) },
    likesCount: counter,
    repliesCount: counter,
  },
  { timestamps: true },
);

// The comments under a video, in both orders; with parent: null they are those on the video itself.
commentSchema.index({ video: 1, parent: 1, createdAt: -1, _id: -1 });
commentSchema.index({ video: 1, parent: 1, likesCount: -1, _id: -1 });
commentSchema.index({ parent: 1, createdAt: -1, _id: -1 });
// For deleting an account together with its comments.
commentSchema.index({ owner: 1 });

commentSchema.plugin(aggregatePaginate);

export const Comment = model<CommentFields, AggregatePaginateModel<CommentFields>>(
  'Comment',
  commentSchema,
);
