import { Schema, model, type Types } from 'mongoose';

export const LIKE_TARGETS = ['video', 'comment', 'tweet'] as const;
export type LikeTarget = (typeof LIKE_TARGETS)[number];

/** That a person likes a thing. The row's existence is the whole state. */
export interface LikeFields {
  _id: Types.ObjectId;
  likedBy: Types.ObjectId;
  targetType: LikeTarget;
  target: Types.ObjectId;
  createdAt: Date;
}

const likeSchema = new Schema<LikeFields>(
  {
    likedBy: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    targetType: { type: String, enum: LIKE_TARGETS, required: true },
    target: { type: Schema.Types.ObjectId, required: true },
  },
  { timestamps: { createdAt: true, updatedAt: false } },
);

likeSchema.index({ likedBy: 1, targetType: 1, target: 1 }, { unique: true });
likeSchema.index({ likedBy: 1, targetType: 1, createdAt: -1, _id: -1 });
// For deleting a thing together with its likes.
likeSchema.index({ target: 1 });

export const Like = model<LikeFields>('Like', likeSchema);
