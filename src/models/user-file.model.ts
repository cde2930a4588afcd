import { Schema, model, type Types } from 'mongoose';
import { FILE_NAME_MAX_LENGTH } from '../constants';
import { MEDIA_KINDS, type MediaKind, type StoredAsset } from '../services/media/media-store';
import { assetSchema } from './asset.schema';
import { atMost } from './text-length';

/** A file that somebody keeps for itself: no video's, no picture of a profile. */
export interface UserFileFields {
  _id: Types.ObjectId;
  owner: Types.ObjectId;
  asset: StoredAsset;
  /** What the owner called it: shown, and never part of a path. */
  originalName: string;
  /** Found by content, never the client's word. */
  mimeType: string;
  kind: MediaKind;
  createdAt: Date;
}

const userFileSchema = new Schema<UserFileFields>(
  {
    owner: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    asset: { type: assetSchema, required: true },
    originalName: { type: String, required: true, ...atMost(FILE_NAME_MAX_LENGTH) },
    mimeType: { type: String, required: true },
    kind: { type: String, enum: MEDIA_KINDS, required: true },
  },
  { timestamps: { createdAt: true, updatedAt: false } },
);

// The owner's list, and what goes with the account.
userFileSchema.index({ owner: 1, createdAt: -1, _id: -1 });

export const UserFile = model<UserFileFields>('UserFile', userFileSchema);
