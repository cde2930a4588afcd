import { Schema, model, type Types } from 'mongoose';
import { TWEET_MAX_LENGTH } from '../constants';
import { atMost } from './text-length';

/** A short post of a channel. */
export interface TweetFields {
  _id: Types.ObjectId;
  owner: Types.ObjectId;
  content: string;
  /** Stored, not counted: moves in the transaction that moves the like. */
  likesCount: number;
  createdAt: Date;
  updatedAt: Date;
}

const tweetSchema = new Schema<TweetFields>(
  {
    owner: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    content: { type: String, required: true, trim: true, ...atMost(TWEET_MAX_LENGTH) },
    likesCount: { type: Number, default: 0, min: 0 },
  },
  { timestamps: true },
);

// One channel's, and everybody's, each as it is listed.
tweetSchema.index({ owner: 1, createdAt: -1, _id: -1 });
tweetSchema.index({ createdAt: -1, _id: -1 });

export const Tweet = model<TweetFields>('Tweet', tweetSchema);
