import { Schema, model, type Types } from 'mongoose';
import type { VideoFields } from './video.model';

/** Counters of videos that are also summed up for their channel. */
export const CHANNEL_COUNTERS = ['views', 'likesCount', 'commentsCount'] as const;

export type ChannelTotals = Record<(typeof CHANNEL_COUNTERS)[number], number>;

/**
 * What a part of a channel's videos adds up to: those whose ids end in the same digit. One document
 * for each channel alone would make people wait in line who like different videos of it. What is
 * absent is 0.
 */
export interface ChannelTallyFields extends Partial<ChannelTotals> {
  /** The owner's id and the digit: a channel's tallies lie side by side, in at most sixteen. */
  _id: string;
}

const channelTallySchema = new Schema<ChannelTallyFields>({
  _id: { type: String, match: /^[0-9a-f]{25}$/ },
  views: { type: Number },
  likesCount: { type: Number },
  commentsCount: { type: Number },
});

/** The tally that this video counts in; ids end in a counter, so all are hit alike. */
export function channelTallyOf({ _id, owner }: Pick<VideoFields, '_id' | 'owner'>): string {
  return owner.toHexString() + _id.toHexString().slice(-1);
}

/** The same as an expression, for videos. */
export const CHANNEL_TALLY_OF_VIDEO = {
  $concat: [{ $toString: '$owner' }, { $substrCP: [{ $toString: '$_id' }, 23, 1] }],
};

/** Matches all tallies of a channel. */
export function talliesOf(owner: Types.ObjectId) {
  const id = owner.toHexString();
  return { _id: { $gte: id, $lt: behind(id) } };
}

/** Channels by id, behind one and up to another; without these, from the first or to the last. */
export interface ChannelRange {
  after: Types.ObjectId | undefined;
  last: Types.ObjectId | undefined;
}

/** Matches all tallies of these channels. */
export function talliesBetween({ after, last }: ChannelRange) {
  const range = {
    ...(after && { $gte: behind(after.toHexString()) }),
    ...(last && { $lt: behind(last.toHexString()) }),
  };
  return after || last ? { _id: range } : {};
}

/** Sorts after every tally of a channel, as digits come before this letter. */
function behind(owner: string): string {
  return `${owner}g`;
}

export const ChannelTally = model<ChannelTallyFields>('ChannelTally', channelTallySchema);
