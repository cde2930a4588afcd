import { Schema, model, type Types } from 'mongoose';

/**
 * How many videos are published by the owners whose id ends in this digit. The sum over all sixteen
 * is the size of the public list: one document alone would make all publishing owners wait in line.
 */
export interface VideoTallyFields {
  /** A hexadecimal digit. */
  _id: string;
  published: number;
}

const videoTallySchema = new Schema<VideoTallyFields>({
  _id: { type: String, match: /^[0-9a-f]$/ },
  published: { type: Number, default: 0 },
});

/** The tally that counts this owner's videos; ids end in a counter, so all are hit alike. */
export function tallyOf(owner: Types.ObjectId): string {
  return owner.toHexString().slice(-1);
}

export const VideoTally = model<VideoTallyFields>('VideoTally', videoTallySchema);
