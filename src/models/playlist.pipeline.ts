import type { Types } from 'mongoose';
import type { PlaylistFields } from './playlist.model';
import { Video } from './video.model';
import {
  joinOwnerStages,
  listedVideoStages,
  visibleTo,
  type OwnerFields,
  type RowStage,
  type VideoWithOwner,
} from './video.pipeline';

/** A playlist with what this viewer may see of it, in no order; `videos` keeps the order. */
export type ShownPlaylist = Omit<PlaylistFields, 'owner'> & {
  owner?: OwnerFields;
  visibleVideos: VideoWithOwner[];
};

/** Joins the videos that this viewer may see, and the owner. Put it after paging. */
export function shownPlaylistStages(viewer: Types.ObjectId | undefined): RowStage[] {
  return [
    {
      $lookup: {
        from: Video.collection.collectionName,
        localField: 'videos',
        foreignField: '_id',
        pipeline: [{ $match: visibleTo(viewer) }, ...listedVideoStages()],
        as: 'visibleVideos',
      },
    },
    ...joinOwnerStages(),
  ];
}
