import { Schema, model, type Types } from 'mongoose';

/** That somebody's data is being exported right now: one at a time per person, at all instances. */
export interface ExportLeaseFields {
  /** The person's id. */
  _id: Types.ObjectId;
  /** The export that holds it. */
  holder: Types.ObjectId;
  /** Moves while the export runs; past it, its process is taken for dead. */
  expiresAt: Date;
}

const exportLeaseSchema = new Schema<ExportLeaseFields>({
  _id: { type: Schema.Types.ObjectId, required: true },
  holder: { type: Schema.Types.ObjectId, required: true },
  expiresAt: { type: Date, required: true },
});

// The TTL monitor only cleans up, up to a minute late: taking a lease checks expiresAt itself.
exportLeaseSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const ExportLease = model<ExportLeaseFields>('ExportLease', exportLeaseSchema);
