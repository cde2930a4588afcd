import { Schema, model, type Types } from 'mongoose';
import { MEDIA_KINDS, type PlannedAsset } from '../services/media/media-store';

export const REMOVAL_KINDS = ['video', 'comment', 'tweet', 'account', 'asset'] as const;
export type RemovalKind = (typeof REMOVAL_KINDS)[number];

/**
 * What is still to be cleared away after a thing was deleted. Written in the transaction that
 * deletes it, so that neither a crash nor an outage of the media store can leave anything behind.
 */
export interface RemovalFields {
  _id: Types.ObjectId;
  kind: RemovalKind;
  /** The id of what is gone already; of an asset, the id of what referred to it. */
  target: Types.ObjectId;
  /** Files that only the deleted thing referred to, or that nothing may come to refer to. */
  assets: PlannedAsset[];
  /** Whether its rows and files have been cleared away once. */
  cleared: boolean;
  /** Times that somebody took it up again after the request that made it. */
  attempts: number;
  /** Until then somebody is at it; after that, anybody may take it up. */
  leasedUntil: Date;
  createdAt: Date;
}

const plannedAssetSchema = new Schema<PlannedAsset>(
  {
    publicId: { type: String, required: true },
    resourceType: { type: String, enum: MEDIA_KINDS, required: true },
  },
  { _id: false },
);

const removalSchema = new Schema<RemovalFields>(
  {
    kind: { type: String, enum: REMOVAL_KINDS, required: true },
    target: { type: Schema.Types.ObjectId, required: true },
    assets: { type: [plannedAssetSchema], default: [] },
    cleared: { type: Boolean, default: false },
    attempts: { type: Number, default: 0 },
    leasedUntil: { type: Date, required: true },
  },
  { timestamps: { createdAt: true, updatedAt: false } },
);

removalSchema.index({ leasedUntil: 1 });

export const Removal = model<RemovalFields>('Removal', removalSchema);
