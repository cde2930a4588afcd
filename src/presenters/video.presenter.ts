import type { VideoDetails, VideoWithOwner } from '../models/video.pipeline';
import type { WatchedRow } from '../services/watch-history.service';
import { absoluteUrl } from '../utils/absolute-url';
import { presentOwner } from './user.presenter';

/** A video as it is in every list. Named field by field, so that nothing internal slips out. */
export function presentVideo(video: VideoWithOwner, publicUrl: string) {
  const { videoFile, thumbnail, status } = video;
  return {
    _id: video._id.toString(),
    videoFile: absoluteUrl(publicUrl, videoFile?.url ?? ''),
    thumbnail: absoluteUrl(publicUrl, thumbnail?.url ?? videoFile?.thumbnailUrl ?? ''),
    title: video.title,
    description: video.description,
    tags: video.tags,
    category: video.category,
    duration: video.duration,
    views: video.views,
    likesCount: video.likesCount,
    commentsCount: video.commentsCount,
    // Only its owner ever sees one that is not ready, and meant it to be so.
    isPublished: status === 'ready' ? video.isPublished : (video.publishWhenReady ?? false),
    ...takenDown(video),
    status,
    owner: video.owner ? presentOwner(video.owner, publicUrl) : null,
    createdAt: video.createdAt,
    updatedAt: video.updatedAt,
  };
}

/** Only its owner and moderators ever see a video that was taken down, so only they read why. */
function takenDown({ takenDownAt, takeDownReason = '' }: VideoWithOwner) {
  return takenDownAt ? { takenDown: { at: takenDownAt, reason: takeDownReason } } : {};
}

/** A video on its own page, with what it is to the viewer. */
export function presentVideoDetails(video: VideoDetails, publicUrl: string) {
  const { owner, hlsStatus = 'unavailable' } = video;
  const hlsUrl = video.videoFile?.hlsUrl;
  return {
    ...presentVideo(video, publicUrl),
    owner: owner
      ? {
          ...presentOwner(owner, publicUrl),
          subscribersCount: owner.subscribersCount,
          isSubscribed: video.isSubscribed,
        }
      : null,
    isLiked: video.isLiked,
    progress: video.progress,
    hlsStatus,
    ...(hlsUrl && { hlsUrl: absoluteUrl(publicUrl, hlsUrl) }),
  };
}

/** A video in the history, with when and how far it was watched. */
export function presentWatchedVideo(row: WatchedRow, publicUrl: string) {
  return {
    ...presentVideo(row.video, publicUrl),
    watchedAt: row.watchedAt,
    progress: row.progress,
    completed: row.completed,
  };
}
