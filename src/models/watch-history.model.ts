import { Schema, model, type Types } from 'mongoose';

/** That a person has watched a video, when last, and how far; one row per pair. */
export interface WatchHistoryFields {
  _id: Types.ObjectId;
  user: Types.ObjectId;
  video: Types.ObjectId;
  watchedAt: Date;
  /** Seconds from the start. */
  progress: number;
  completed: boolean;
}

const watchHistorySchema = new Schema<WatchHistoryFields>({
  user: { type: Schema.Types.ObjectId, ref: 'User', required: true },
  video: { type: Schema.Types.ObjectId, ref: 'Video', required: true },
  watchedAt: { type: Date, required: true },
  progress: { type: Number, default: 0, min: 0 },
  completed: { type: Boolean, default: false },
});

// Watching again moves the row; whatever races, there is one.
watchHistorySchema.index({ user: 1, video: 1 }, { unique: true });
watchHistorySchema.index({ user: 1, watchedAt: -1, _id: -1 });
// For deleting a video out of everybody's history.
watchHistorySchema.index({ video: 1 });

export const WatchHistory = model<WatchHistoryFields>('WatchHistory', watchHistorySchema);
