import { Schema, model, type Types } from 'mongoose';

/** That somebody's view of a video has been counted; while it lives, further views are not. */
export interface ViewMarkFields {
  _id: Types.ObjectId;
  video: Types.ObjectId;
  /** A user's id, or a keyed hash that stands for a guest. */
  viewer: string;
  expiresAt: Date;
}

const viewMarkSchema = new Schema<ViewMarkFields>({
  video: { type: Schema.Types.ObjectId, ref: 'Video', required: true },
  viewer: { type: String, required: true },
  expiresAt: { type: Date, required: true },
});

viewMarkSchema.index({ video: 1, viewer: 1 }, { unique: true });
// For deleting an account together with its marks.
viewMarkSchema.index({ viewer: 1 });
// The TTL monitor is up to a minute late, so counting checks expiresAt itself.
viewMarkSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const ViewMark = model<ViewMarkFields>('ViewMark', viewMarkSchema);
