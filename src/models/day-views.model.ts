import { Schema, model, type Types } from 'mongoose';

/** How often a channel's videos were viewed on one day; stays when a video goes. */
export interface DayViewsFields {
  _id: Types.ObjectId;
  owner: Types.ObjectId;
  /** The start of the day, UTC. */
  day: Date;
  views: number;
}

const dayViewsSchema = new Schema<DayViewsFields>({
  owner: { type: Schema.Types.ObjectId, ref: 'User', required: true },
  day: { type: Date, required: true },
  views: { type: Number, default: 0, min: 0 },
});

dayViewsSchema.index({ owner: 1, day: -1 }, { unique: true });

export const DayViews = model<DayViewsFields>('DayViews', dayViewsSchema);
