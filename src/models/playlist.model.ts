import { Schema, model, type Types } from 'mongoose';
import {
  PLAYLIST_DESCRIPTION_MAX_LENGTH,
  PLAYLIST_MAX_VIDEOS,
  PLAYLIST_NAME_MAX_LENGTH,
} from '../constants';
import { atMost } from './text-length';

export const PLAYLIST_KINDS = ['list', 'watch-later'] as const;

/** Videos that a person has put in an order. Everybody has one more, to watch later. */
export interface PlaylistFields {
  _id: Types.ObjectId;
  owner: Types.ObjectId;
  kind: (typeof PLAYLIST_KINDS)[number];
  name: string;
  description: string;
  isPublic: boolean;
  /** In the order of the list, each once, at most PLAYLIST_MAX_VIDEOS. */
  videos: Types.ObjectId[];
  createdAt: Date;
  updatedAt: Date;
}

const playlistSchema = new Schema<PlaylistFields>(
  {
    owner: { type: Schema.Types.ObjectId, ref: 'User', required: true },
    kind: { type: String, enum: PLAYLIST_KINDS, default: 'list' },
    name: { type: String, required: true, trim: true, ...atMost(PLAYLIST_NAME_MAX_LENGTH) },
    description: {
      type: String,
      default: '',
      trim: true,
      ...atMost(PLAYLIST_DESCRIPTION_MAX_LENGTH),
    },
    isPublic: { type: Boolean, default: true },
    videos: {
      type: [{ type: Schema.Types.ObjectId, ref: 'Video' }],
      validate: [
        (videos: unknown[]) => videos.length <= PLAYLIST_MAX_VIDEOS,
        `at most ${PLAYLIST_MAX_VIDEOS} videos`,
      ],
    },
  },
  { timestamps: true },
);

// A person's playlists as their owner sees them, and as everybody else does.
playlistSchema.index({ owner: 1, kind: 1, createdAt: -1, _id: -1 });
playlistSchema.index({ owner: 1, kind: 1, isPublic: 1, createdAt: -1, _id: -1 });
// One "watch later" per person, whatever races.
playlistSchema.index(
  { owner: 1 },
  { unique: true, partialFilterExpression: { kind: 'watch-later' } },
);
// For taking a deleted video out of every playlist.
playlistSchema.index({ videos: 1 });

export const Playlist = model<PlaylistFields>('Playlist', playlistSchema);
