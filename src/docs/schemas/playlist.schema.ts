import { z } from 'zod';
import { address, count, EXAMPLE_OWNER, EXAMPLE_TIME, id, owner, time } from './common.schema';
import { EXAMPLE_VIDEO, video } from './video.schema';

/** A playlist with its videos in order; the totals count what the caller may see. */
export const playlist = z
  .strictObject({
    _id: id,
    name: z.string(),
    description: z.string(),
    isPublic: z.boolean(),
    owner: owner.nullable(),
    videos: z.array(video),
    totalVideos: count,
    totalViews: count,
    thumbnail: address,
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Playlist' });

export const EXAMPLE_PLAYLIST = {
  _id: '6650f4f5a4b5c6d7e8f90401',
  name: 'How computers began',
  description: 'From wheels to relays.',
  isPublic: true,
  owner: EXAMPLE_OWNER,
  videos: [EXAMPLE_VIDEO],
  totalVideos: 1,
  totalViews: EXAMPLE_VIDEO.views,
  thumbnail: EXAMPLE_VIDEO.thumbnail,
  createdAt: EXAMPLE_TIME,
  updatedAt: EXAMPLE_TIME,
};

export const EXAMPLE_EMPTY_PLAYLIST = {
  ...EXAMPLE_PLAYLIST,
  videos: [],
  totalVideos: 0,
  totalViews: 0,
  thumbnail: '',
};
