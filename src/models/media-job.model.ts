import { Schema, model, type Types } from 'mongoose';
import type { MediaFile, StoredAsset } from '../services/media/media-store';
import { assetSchema } from './asset.schema';

export const MEDIA_JOB_KINDS = ['publish', 'renditions'] as const;
export type MediaJobKind = (typeof MEDIA_JOB_KINDS)[number];

/** `dead`: given up until its owner asks for another try. `cancelled`: only to be cleared away. */
export const MEDIA_JOB_STATES = ['waiting', 'dead', 'cancelled'] as const;
export type MediaJobState = (typeof MEDIA_JOB_STATES)[number];

/** The file fields of a video. */
export type VideoFileField = 'videoFile' | 'thumbnail';

/** An accepted file that the job owns, until it is stored and the job is done. */
export interface JobFile extends Omit<MediaFile, 'path' | 'isSynced'> {
  field: VideoFileField;
  /** Of the file in the upload folder of the instances that share `spool`. */
  name: string;
  originalName: string;
  /** The name that the file gets in the store: fixed before the first byte goes out. */
  publicId: string;
}

/** Why the last attempt failed, in words that its owner may read. */
export interface JobFailure {
  code: string;
  message: string;
  at: Date;
}

/**
 * Work on accepted media that must be done whatever breaks in between. Written in the transaction
 * that accepts the files; whoever holds its lease works on it, and the transaction that closes it
 * demands that lease, so that two workers never both finish it.
 */
export interface MediaJobFields {
  _id: Types.ObjectId;
  kind: MediaJobKind;
  video: Types.ObjectId;
  owner: Types.ObjectId;
  /** Whose data folder holds what the job needs; absent for a job that any instance may do. */
  spool?: string;
  files: JobFile[];
  /** What renditions are made of. */
  asset?: StoredAsset;
  state: MediaJobState;
  /** Times that somebody took it up; having been asked too early, or stopped, does not count. */
  attempts: number;
  lastError?: JobFailure;
  /** The next attempt, or the end of the lease while somebody is at it; absent once it is dead. */
  runAt?: Date;
  /** The token of whoever is at it. */
  lease?: string;
  createdAt: Date;
}

const jobFileSchema = new Schema<JobFile>(
  {
    field: { type: String, enum: ['videoFile', 'thumbnail'], required: true },
    name: { type: String, required: true },
    originalName: { type: String, default: '' },
    kind: { type: String, required: true },
    mimeType: { type: String, required: true },
    extension: { type: String, required: true },
    bytes: { type: Number, required: true, min: 0 },
    width: { type: Number, min: 0 },
    height: { type: Number, min: 0 },
    durationSeconds: { type: Number, min: 0 },
    publicId: { type: String, required: true },
  },
  { _id: false },
);

const mediaJobSchema = new Schema<MediaJobFields>(
  {
    kind: { type: String, enum: MEDIA_JOB_KINDS, required: true },
    video: { type: Schema.Types.ObjectId, required: true },
    owner: { type: Schema.Types.ObjectId, required: true },
    spool: { type: String },
    files: { type: [jobFileSchema], default: [] },
    asset: { type: assetSchema },
    state: { type: String, enum: MEDIA_JOB_STATES, default: 'waiting' },
    attempts: { type: Number, default: 0, min: 0 },
    lastError: {
      type: new Schema<JobFailure>(
        {
          code: { type: String, required: true },
          message: { type: String, required: true },
          at: { type: Date, required: true },
        },
        { _id: false },
      ),
    },
    runAt: { type: Date },
    lease: { type: String },
  },
  { timestamps: { createdAt: true, updatedAt: false } },
);

// What is due, the longest due first; dead jobs have no time.
mediaJobSchema.index({ runAt: 1 });
mediaJobSchema.index({ video: 1 });
// Which files in the upload folder are still needed.
mediaJobSchema.index({ 'files.name': 1 });

export const MediaJob = model<MediaJobFields>('MediaJob', mediaJobSchema);
