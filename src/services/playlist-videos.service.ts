import type { Types } from 'mongoose';
import { PLAYLIST_MAX_VIDEOS } from '../constants';
import { Playlist } from '../models/playlist.model';
import { ApiError } from '../utils/api-error';
import { requireOwnPlaylist } from './playlist.service';
import { requireVisibleVideo } from './video.service';

/**
 * Puts a video at the end of a playlist; one that is in it already stays where it is.
 * @throws ApiError 404, 403 for another's playlist, 409 PLAYLIST_FULL
 */
export async function addVideoToPlaylist(
  playlistId: Types.ObjectId,
  videoId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<void> {
  // One that is deleted after this look is taken out again by its removal, which comes twice.
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
  if (matchedCount === 0) await requireMember(playlistId, videoId, owner);
}

/** Takes a video out of a playlist; one that is not in it is fine. @throws ApiError 404 or 403 */
export async function removeVideoFromPlaylist(
  playlistId: Types.ObjectId,
  videoId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<void> {
  const { matchedCount } = await Playlist.updateOne(
    { _id: playlistId, owner, videos: videoId },
    { $pull: { videos: videoId } },
  );
  if (matchedCount === 0) await requireOwnPlaylist(playlistId, owner);
}

/** Why an addition matched nothing: the video is in it, there is no room left, or it is another's. */
async function requireMember(
  playlistId: Types.ObjectId,
  videoId: Types.ObjectId,
  owner: Types.ObjectId,
): Promise<void> {
  const { videos } = await requireOwnPlaylist(playlistId, owner);
  if (videos.some((member) => member.equals(videoId))) return;
  throw ApiError.conflict(`A playlist holds at most ${PLAYLIST_MAX_VIDEOS} videos`, {
    code: 'PLAYLIST_FULL',
  });
}
