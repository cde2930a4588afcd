import type { ShownPlaylist } from '../models/playlist.pipeline';
import type { VideoWithOwner } from '../models/video.pipeline';
import { presentOwner } from './user.presenter';
import type { presentVideo } from './video.presenter';

/**
 * A playlist with its videos in order; totals count what this viewer may see.
 * @param present how each of its videos is shown
 */
export function presentPlaylist(
  playlist: ShownPlaylist,
  publicUrl: string,
  present: (video: VideoWithOwner) => ReturnType<typeof presentVideo>,
) {
  const videos = inOrder(playlist).map(present);
  return {
    _id: playlist._id.toString(),
    name: playlist.name,
    description: playlist.description,
    isPublic: playlist.isPublic,
    owner: playlist.owner ? presentOwner(playlist.owner, publicUrl) : null,
    videos,
    totalVideos: videos.length,
    totalViews: videos.reduce((sum, { views }) => sum + views, 0),
    thumbnail: videos[0]?.thumbnail ?? '',
    createdAt: playlist.createdAt,
    updatedAt: playlist.updatedAt,
  };
}

/** A join answers in any order; the playlist's ids hold the right one. */
function inOrder({ videos, visibleVideos, videoOwners }: ShownPlaylist): VideoWithOwner[] {
  const ownersById = byId(videoOwners);
  const videosById = byId(visibleVideos);
  return videos.flatMap((id) => {
    const video = videosById.get(id.toString());
    return video ? [{ ...video, owner: ownersById.get(video.owner.toString()) }] : [];
  });
}

function byId<Thing extends { _id: { toString(): string } }>(things: readonly Thing[]) {
  return new Map(things.map((thing) => [thing._id.toString(), thing]));
}
