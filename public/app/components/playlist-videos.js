import { call } from '../api/client.js';
import { removableGrid } from './removable-grid.js';
import { videoGrid } from './video-grid.js';

/**
 * The videos of a playlist in its order; its owner can take them out.
 * @param {object} playlist which brings all of its videos
 * @param {{ isOwn: boolean, empty: () => Node }} options
 */
export function playlistVideos(playlist, { isOwn, empty }) {
  const shared = {
    load: async () => ({ items: playlist.videos, nextCursor: null }),
    empty,
    label: 'Videos of the playlist',
    signal: new AbortController().signal,
  };
  if (!isOwn) return videoGrid(shared);
  return removableGrid({
    ...shared,
    remove: ({ _id }) => call('PATCH', `/playlists/remove/${_id}/${playlist._id}`),
    removeLabel: 'Remove from the playlist',
  });
}
