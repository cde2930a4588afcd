import type { Types } from 'mongoose';
import { Like } from '../models/like.model';
import { Video } from '../models/video.model';
import { listedVideoStages, visibleTo, type VideoWithOwner } from '../models/video.pipeline';
import { pageOfArray, type ArrayList, type ArrayPage, type PageQuery } from './paging/array-page';
import { NEWEST_FIRST } from './paging/keyset-order';

/** `video` is absent when it is hidden from this viewer. */
export interface LikedRow {
  video?: VideoWithOwner;
}

/** The videos that a person likes, newest like first. */
export async function listLikedVideos(
  viewer: Types.ObjectId,
  query: PageQuery,
): Promise<ArrayPage<LikedRow>> {
  return pageOfArray<LikedRow>(Like, likedVideosList(viewer), query);
}

export function likedVideosList(viewer: Types.ObjectId): ArrayList {
  return {
    filter: { likedBy: viewer, targetType: 'video' },
    order: NEWEST_FIRST,
    joins: [
      {
        $lookup: {
          from: Video.collection.collectionName,
          localField: 'target',
          foreignField: '_id',
          pipeline: [{ $match: visibleTo(viewer) }, ...listedVideoStages()],
          as: 'video',
        },
      },
      { $set: { video: { $first: '$video' } } },
    ],
  };
}
