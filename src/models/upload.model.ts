import { Schema, model, type Types } from 'mongoose';
import { FILE_NAME_MAX_LENGTH } from '../constants';
import { MEDIA_KINDS, type MediaKind } from '../services/media/media-store';
import { atMost } from './text-length';

/**
 * A resumable upload: what is known of it beside its bytes, which lie in a file named by its id.
 * How far it has come, the length of that file says.
 */
export interface UploadFields {
  /** All of its twelve bytes are random: who knows one id knows no other. */
  _id: Types.ObjectId;
  user: Types.ObjectId;
  /** The length of the whole file. */
  bytes: number;
  /** What the client says that it is; its content decides when it is published. */
  kind: MediaKind;
  originalName: string;
  /** `Upload-Metadata` as it came: clients ask for it again. */
  metadata: string;
  /** The request that may write it or publish it now, at whatever instance. */
  lease: Types.ObjectId;
  /** Moves while that request runs; past it, its process is taken for dead. */
  leasedUntil: Date;
  /** Another request waits for the lease. */
  releaseAsked: boolean;
  createdAt: Date;
  /** When its last byte came; absent until then. */
  finishedAt?: Date;
  /** Moves with every byte. */
  expiresAt: Date;
}

const uploadSchema = new Schema<UploadFields>(
  {
    user: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    bytes: { type: Number, required: true, min: 0 },
    kind: { type: String, enum: MEDIA_KINDS, required: true },
    originalName: { type: String, default: '', ...atMost(FILE_NAME_MAX_LENGTH) },
    metadata: { type: String, default: '' },
    lease: { type: Schema.Types.ObjectId, required: true },
    leasedUntil: { type: Date, required: true },
    releaseAsked: { type: Boolean, default: false },
    finishedAt: { type: Date },
    expiresAt: { type: Date, required: true },
  },
  { timestamps: { createdAt: true, updatedAt: false } },
);

// The owner's list, and what counts for the quota.
uploadSchema.index({ user: 1, createdAt: -1, _id: -1 });
// The TTL monitor only cleans up, up to a minute late: every query checks expiresAt itself.
uploadSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const Upload = model<UploadFields>('Upload', uploadSchema);
