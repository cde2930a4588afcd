import type { Types } from 'mongoose';
import { PLAYLIST_MAX_VIDEOS } from '../constants';
import { Playlist } from '../models/playlist.model';
import { Video } from '../models/video.model';
import { ApiError } from '../utils/api-error';
import { playlistNotFound, requireOwnPlaylist } from './playlist.service';
import { requireVisibleVideo, videoNotFound } from './video.service';

/**
 * Puts a video at the end of a playlist; one that is in it already stays where it is.
 * @throws ApiError 404, 403 for another's playlist, 409 PLAYLIST_FULL
 */
export async function addVideoToPlaylist(
  playlistId: Types.ObjectId,
  videoId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<void> {
  await requireOwnPlaylist(playlistId, owner);
  await requireVisibleVideo(videoId, owner);
  // Membership and length are judged by the write itself, so parallel additions cannot pass them.
  const { matchedCount } = await Playlist.updateOne(
    {
      _id: playlistId,
      owner,
      videos: { $ne: videoId },
      [`videos.${PLAYLIST_MAX_VIDEOS - 1}`]: { $exists: false },
    },
    { $push: { videos: videoId } },
  );
  if (matchedCount === 0) {
    await requireMember(playlistId, videoId);
    return;
  }
  // The video may have been deleted meanwhile, and taken out of all playlists before it was in this one.
  if (await Video.exists({ _id: videoId })) return;
  await removeVideoFromPlaylist(playlistId, videoId, owner);
  throw videoNotFound();
}

/** Takes a video out of a playlist; one that is not in it is fine. @throws ApiError 404 or 403 */
export async function removeVideoFromPlaylist(
  playlistId: Types.ObjectId,
  videoId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<void> {
  await requireOwnPlaylist(playlistId, owner);
  await Playlist.updateOne(
    { _id: playlistId, owner, videos: videoId },
    { $pull: { videos: videoId } },
  );
}

/** Why an addition matched nothing: the video is in it, or there is no room left. */
async function requireMember(playlistId: Types.ObjectId, videoId: Types.ObjectId): Promise<void> {
  const playlist = await Playlist.findById(playlistId).select('videos').lean();
  if (!playlist) throw playlistNotFound();
  if (playlist.videos.some((member) => member.equals(videoId))) return;
  throw ApiError.conflict(`A playlist holds at most ${PLAYLIST_MAX_VIDEOS} videos`, {
    code: 'PLAYLIST_FULL',
  });
}
