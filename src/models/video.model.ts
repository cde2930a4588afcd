import { Schema, model, type AggregatePaginateModel, type Types } from 'mongoose';
import aggregatePaginate from 'mongoose-aggregate-paginate-v2';
import {
  CATEGORY_MAX_LENGTH,
  DESCRIPTION_MAX_LENGTH,
  MAX_TAGS,
  TAG_MAX_LENGTH,
  TITLE_MAX_LENGTH,
} from '../constants';
import type { StoredAsset } from '../services/media/media-store';
import { assetSchema } from './asset.schema';
import { atMost } from './text-length';

/** Until it is `ready`, a video has no files and is hidden from everybody but its owner. */
export const VIDEO_STATUSES = ['processing', 'ready', 'failed'] as const;

/** Whether there are streaming renditions; `unavailable` where nothing makes them. */
export const HLS_STATUSES = ['unavailable', 'processing', 'ready', 'failed'] as const;
export type HlsStatus = (typeof HLS_STATUSES)[number];

export interface VideoFields {
  _id: Types.ObjectId;
  owner: Types.ObjectId;
  title: string;
  description: string;
  tags: string[];
  category: string;
  /** Absent until its job is done. */
  videoFile?: StoredAsset;
  /** Absent until then, and when the store cuts a still picture by itself (`videoFile.thumbnailUrl`). */
  thumbnail?: StoredAsset;
  /** Seconds. */
  duration: number;
  isPublished: boolean;
  /** What its owner wants, of a video whose files are still on their way to the store. */
  publishWhenReady?: boolean;
  /** Bytes of those files, which count for the owner already. */
  acceptedBytes?: number;
  /** Absent unless a moderator has taken it down; then it is unpublished, and stays so. */
  takenDownAt?: Date;
  /** What the owner is told. */
  takeDownReason?: string;
  /** Whether restoring it publishes it again. */
  publishedBeforeTakeDown?: boolean;
  status: (typeof VIDEO_STATUSES)[number];
  /** Absent for `unavailable`. */
  hlsStatus?: HlsStatus;
  /** Stored, not counted: likes and comments move with their rows, views as they are counted. */
  views: number;
  likesCount: number;
  commentsCount: number;
  /** Of these, those on the video itself: the length of the list under it. */
  topCommentsCount: number;
  /** Lower-cased copies to sort and filter by, as no index of ours folds case. */
  keys: { title: string; category: string; tags: string[] };
  createdAt: Date;
  updatedAt: Date;
}

const counter = { type: Number, default: 0, min: 0 } as const;

const videoSchema = new Schema<VideoFields>(
  {
    owner: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    title: { type: String, required: true, trim: true, ...atMost(TITLE_MAX_LENGTH) },
    description: { type: String, default: '', trim: true, ...atMost(DESCRIPTION_MAX_LENGTH) },
    tags: {
      type: [{ type: String, trim: true, ...atMost(TAG_MAX_LENGTH) }],
      validate: [(tags: string[]) => tags.length <= MAX_TAGS, `at most ${MAX_TAGS} tags`],
    },
    category: { type: String, default: '', trim: true, ...atMost(CATEGORY_MAX_LENGTH) },
    videoFile: { type: assetSchema, required: isReady },
    thumbnail: { type: assetSchema },
    duration: { type: Number, required: true, min: 0 },
    isPublished: { type: Boolean, default: true },
    publishWhenReady: { type: Boolean },
    acceptedBytes: { type: Number, min: 0 },
    takenDownAt: { type: Date },
    takeDownReason: { type: String },
    publishedBeforeTakeDown: { type: Boolean },
    status: { type: String, enum: VIDEO_STATUSES, default: 'ready' },
    hlsStatus: { type: String, enum: HLS_STATUSES },
    views: counter,
    likesCount: counter,
    commentsCount: counter,
    topCommentsCount: counter,
    keys: {
      title: { type: String },
      category: { type: String },
      tags: { type: [String] },
    },
  },
  { timestamps: true },
);

videoSchema.pre('validate', function deriveKeys() {
  this.keys = {
    title: this.title?.toLowerCase(),
    category: this.category.toLowerCase(),
    tags: this.tags.map((tag) => tag.toLowerCase()),
  };
});

function isReady(this: Pick<VideoFields, 'status'>): boolean {
  return this.status === 'ready';
}

/** What an update that bypasses documents has to set beside these fields. */
export function keyChanges({
  title,
  category,
  tags,
}: Partial<Pick<VideoFields, 'title' | 'category' | 'tags'>>): Record<string, unknown> {
  return {
    ...(title === undefined ? {} : { 'keys.title': title.toLowerCase() }),
    ...(category === undefined ? {} : { 'keys.category': category.toLowerCase() }),
    ...(tags === undefined ? {} : { 'keys.tags': tags.map((tag) => tag.toLowerCase()) }),
  };
}

export const TAGS_INDEX = { 'keys.tags': 1, isPublished: 1, createdAt: -1, _id: -1 } as const;

// The public list in each of its orders.
videoSchema.index({ isPublished: 1, createdAt: -1, _id: -1 });
videoSchema.index({ isPublished: 1, views: -1, _id: -1 });
videoSchema.index({ isPublished: 1, likesCount: -1, _id: -1 });
videoSchema.index({ isPublished: 1, duration: -1, _id: -1 });
videoSchema.index({ isPublished: 1, 'keys.title': -1, _id: -1 });
// A channel as its owner sees it, and as everybody else does.
videoSchema.index({ owner: 1, createdAt: -1, _id: -1 });
videoSchema.index({ owner: 1, isPublished: 1, createdAt: -1, _id: -1 });
videoSchema.index({ owner: 1, isPublished: 1, views: -1, _id: -1 });
videoSchema.index({ 'keys.category': 1, isPublished: 1, createdAt: -1, _id: -1 });
videoSchema.index(TAGS_INDEX);
// Whose file the media provider tells of.
videoSchema.index({ 'videoFile.publicId': 1 });
videoSchema.index(
  { title: 'text', tags: 'text', description: 'text' },
  { name: 'words', weights: { title: 10, tags: 5, description: 1 } },
);

videoSchema.plugin(aggregatePaginate);

export const Video = model<VideoFields, AggregatePaginateModel<VideoFields>>('Video', videoSchema);
