import { call } from '../api/client.js';
import { emptyNotice } from '../components/notices.js';
import { playlistVideos } from '../components/playlist-videos.js';
import { h } from '../ui/dom.js';

/** The list that everybody has, for oneself alone. */
export async function view({ signal }) {
  const { data: playlist } = await call('GET', '/playlists/watch-later', { signal });
  const content = h(
    'div',
    { class: 'page' },
    h('h1', {}, 'Watch later'),
    playlistVideos(playlist, {
      isOwn: true,
      empty: () =>
        emptyNotice({
          symbol: 'clock',
          title: 'Nothing to watch later',
          text: '“Save” below a video puts it here.',
        }),
    }),
  );
  return { title: 'Watch later', content };
}
