import { Schema } from 'mongoose';
import { MEDIA_KINDS, type StoredAsset } from '../services/media/media-store';

/** Subdocument for a stored file, e.g. `avatar: { type: assetSchema, required: true }`. */
export const assetSchema = new Schema<StoredAsset>(
  {
    url: { type: String, required: true },
    publicId: { type: String, required: true },
    resourceType: { type: String, enum: MEDIA_KINDS, required: true },
    bytes: { type: Number, required: true, min: 0 },
    format: { type: String, required: true },
    durationSeconds: { type: Number, min: 0 },
    width: { type: Number, min: 0 },
    height: { type: Number, min: 0 },
    thumbnailUrl: { type: String },
    hlsUrl: { type: String },
  },
  { _id: false },
);
