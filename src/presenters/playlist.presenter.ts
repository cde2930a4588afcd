import type { ShownPlaylist } from '../models/playlist.pipeline';
import type { VideoWithOwner } from '../models/video.pipeline';
import { presentOwner } from './user.presenter';
import { presentVideo } from './video.presenter';

/** A playlist with its videos in order; totals count what this viewer may see. */
export function presentPlaylist(playlist: ShownPlaylist, publicUrl: string) {
  const videos = inOrder(playlist).map((video) => presentVideo(video, publicUrl));
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
function inOrder({ videos, visibleVideos }: ShownPlaylist): VideoWithOwner[] {
  const byId = new Map(visibleVideos.map((video) => [video._id.toString(), video]));
  return videos.flatMap((id) => byId.get(id.toString()) ?? []);
}
