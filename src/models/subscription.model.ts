import { Schema, model, type Types } from 'mongoose';

/** `subscriber` follows `channel`; both are users. The row's existence is the whole state. */
export interface SubscriptionFields {
  _id: Types.ObjectId;
  subscriber: Types.ObjectId;
  channel: Types.ObjectId;
  createdAt: Date;
}

const subscriptionSchema = new Schema<SubscriptionFields>(
  {
    subscriber: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    channel: { type: Schema.Types.ObjectId, ref: 'User', required: true },
  },
  { timestamps: { createdAt: true, updatedAt: false } },
);

// One row per pair, whatever races; also answers "does this viewer follow this channel".
subscriptionSchema.index({ subscriber: 1, channel: 1 }, { unique: true });
// A channel's subscribers and a person's channels, each in the order in which they are listed.
subscriptionSchema.index({ channel: 1, createdAt: -1, _id: -1 });
subscriptionSchema.index({ subscriber: 1, createdAt: -1, _id: -1 });

export const Subscription = model<SubscriptionFields>('Subscription', subscriptionSchema);
