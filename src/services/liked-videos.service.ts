import type { Types } from 'mongoose';
import { Like } from '../models/like.model';
import { listedVideoStages, type VideoWithOwner } from '../models/video.pipeline';
import type { ArrayPage, PageQuery } from './paging/array-page';
import { NEWEST_FIRST } from './paging/keyset-order';
import {
  joinVideoStages,
  pageOfVideoReferences,
  type VideoReferenceList,
} from './paging/video-reference-page';

export interface LikedRow {
  video: VideoWithOwner;
}

/**
 * The videos that a person likes, newest like first.
 * @throws ApiError 400 PAGE_TOO_DEEP or INVALID_CURSOR
 */
export async function listLikedVideos(
  viewer: Types.ObjectId,
  query: PageQuery,
): Promise<ArrayPage<LikedRow>> {
  return pageOfVideoReferences<Partial<LikedRow>>(Like, likedVideosList(viewer), query);
}

export function likedVideosList(viewer: Types.ObjectId): VideoReferenceList {
  return {
    filter: { likedBy: viewer, targetType: 'video' },
    order: NEWEST_FIRST,
    videoField: 'target',
    viewer,
    joins: joinVideoStages('target', viewer, listedVideoStages()),
  };
}
