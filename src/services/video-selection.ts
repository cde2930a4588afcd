import type { Types } from 'mongoose';
import { driverCollection } from '../db/driver-collection';
import { User, type UserFields } from '../models/user.model';
import type { VideoListQuery } from '../validators/video.validator';
import { publicVideosTotal } from './video-totals.service';

import type { Filter } from './paging/keyset-order';

/** Which videos a list holds, and how many they are where that is stored. */
export interface VideoSelection {
  filter: Filter;
  /** Absent when no stored total fits, as for a search. */
  storedTotal?: () => Promise<number>;
}

type Owner = Pick<UserFields, '_id' | 'videosCount' | 'allVideosCount'>;

/** What a client asks for, as far as this viewer may see it: drafts are for their owner alone. */
export async function selectVideos(
  query: VideoListQuery,
  viewer: Types.ObjectId | undefined,
): Promise<VideoSelection> {
  const channel = await channelSelection(query, viewer);
  const narrowing: Filter = {
    ...(query.category === undefined ? {} : { 'keys.category': query.category }),
    ...(query.tag === undefined ? {} : { 'keys.tags': query.tag }),
    ...(query.query === undefined ? {} : { $text: { $search: query.query } }),
  };
  if (Object.keys(narrowing).length === 0) return channel;
  return { filter: { ...channel.filter, ...narrowing } };
}

async function channelSelection(
  { userId, username }: VideoListQuery,
  viewer: Types.ObjectId | undefined,
): Promise<VideoSelection> {
  if (username !== undefined) {
    const owner = await findOwner({ username });
    const nobody = !owner || (userId !== undefined && !userId.equals(owner._id));
    if (nobody) return { filter: { owner: { $in: [] } }, storedTotal: async () => 0 };
    return ofChannel(owner._id, viewer, async () => owner);
  }
  if (userId !== undefined) return ofChannel(userId, viewer, () => findOwner({ _id: userId }));
  return { filter: { isPublished: true }, storedTotal: publicVideosTotal };
}

function ofChannel(
  owner: Types.ObjectId,
  viewer: Types.ObjectId | undefined,
  readOwner: () => Promise<Owner | null>,
): VideoSelection {
  const isOwn = viewer !== undefined && viewer.equals(owner);
  return {
    filter: isOwn ? { owner } : { owner, isPublished: true },
    storedTotal: async () => {
      const counts = await readOwner();
      return (isOwn ? counts?.allVideosCount : counts?.videosCount) ?? 0;
    },
  };
}

async function findOwner(filter: { username: string } | { _id: Types.ObjectId }) {
  return driverCollection(User).findOne<Owner>(filter, {
    projection: { videosCount: 1, allVideosCount: 1 },
  });
}
