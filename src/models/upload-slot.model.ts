import { Schema, model, type Types } from 'mongoose';

/** One upload that is coming in right now. */
export interface SlotHolder {
  _id: Types.ObjectId;
  /** Moves while the body comes; past it, its process is taken for dead. */
  until: Date;
}

/** The uploads that one account, or one network of guests, has coming in right now, at all instances. */
export interface UploadSlotFields {
  /** The account's id, or the guests' network. */
  _id: string;
  /** At most MAX_CONCURRENT_UPLOADS that live. */
  holders: SlotHolder[];
  /** The latest end of a holder. */
  expiresAt: Date;
}

const uploadSlotSchema = new Schema<UploadSlotFields>({
  _id: { type: String, required: true },
  holders: [{ _id: Schema.Types.ObjectId, until: Date }],
  expiresAt: { type: Date, required: true },
});

// The TTL monitor only cleans up: whoever takes a slot leaves out those who are dead.
uploadSlotSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const UploadSlot = model<UploadSlotFields>('UploadSlot', uploadSlotSchema);
