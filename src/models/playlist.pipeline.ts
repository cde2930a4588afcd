import type { Types } from 'mongoose';
import type { PlaylistFields } from './playlist.model';
import { User } from './user.model';
import { Video, type VideoFields } from './video.model';
import { joinOwnerStages, visibleTo, type OwnerFields, type RowStage } from './video.pipeline';

/** A playlist with what this viewer may see of it, in no order; `videos` keeps the order. */
export type ShownPlaylist = Omit<PlaylistFields, 'owner'> & {
  owner?: OwnerFields;
  visibleVideos: Omit<VideoFields, 'keys'>[];
  /** Whose these videos are, each person once. */
  videoOwners: OwnerFields[];
};

/** Joins the videos that this viewer may see, and all owners. Put it after paging. */
export function shownPlaylistStages(viewer: Types.ObjectId | undefined): RowStage[] {
  return [
    {
      $lookup: {
        from: Video.collection.collectionName,
        localField: 'videos',
        foreignField: '_id',
        pipeline: [{ $match: visibleTo(viewer) }, { $unset: 'keys' }],
        as: 'visibleVideos',
      },
    },
    // One join for all owners: one for each of up to 500 videos takes three times as long.
    {
      $lookup: {
        from: User.collection.collectionName,
        localField: 'visibleVideos.owner',
        foreignField: '_id',
        pipeline: [{ $project: { username: 1, fullName: 1, avatar: 1 } }],
        as: 'videoOwners',
      },
    },
    ...joinOwnerStages(),
  ];
}
