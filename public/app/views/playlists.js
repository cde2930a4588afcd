import { call } from '../api/client.js';
import { listOf } from '../api/lists.js';
import { openDialog } from '../components/dialog.js';
import { emptyNotice } from '../components/notices.js';
import { pagedList } from '../components/paged-list.js';
import { playlistCard } from '../components/playlist-card.js';
import { playlistForm } from '../components/playlist-form.js';
import { cardSkeletons } from '../components/video-card.js';
import { navigate } from '../router.js';
import { currentUser } from '../state/session.js';
import { h } from '../ui/dom.js';
import { icon } from '../ui/icons.js';

/** One's own playlists. */
export function view({ signal }) {
  const list = pagedList({
    load: listOf(`/playlists/user/${currentUser()._id}`, { limit: 24 }),
    render: playlistCard,
    empty: () => emptyNotice({ symbol: 'list', title: 'No playlists yet' }),
    skeleton: () => cardSkeletons(4),
    class: 'video-grid',
    label: 'Playlists',
    signal,
  });
  const create = h(
    'button',
    { type: 'button', class: 'button accent', onclick: openForm },
    icon('plus'),
    'New playlist',
  );
  const content = h(
    'div',
    { class: 'page' },
    h('div', { class: 'page-head' }, h('h1', {}, 'Playlists'), create),
    list,
  );
  return { title: 'Playlists', content };
}

function openForm() {
  const { close } = openDialog({
    title: 'New playlist',
    content: playlistForm({
      action: 'Create',
      send: async (fields) => {
        const { data } = await call('POST', '/playlists', { body: fields });
        close();
        await navigate(`/playlists/${data._id}`);
      },
    }),
  });
}
