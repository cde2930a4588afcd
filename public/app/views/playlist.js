import { call } from '../api/client.js';
import { once } from '../components/async.js';
import { confirmed } from '../components/confirm.js';
import { openDialog } from '../components/dialog.js';
import { emptyNotice } from '../components/notices.js';
import { playlistForm } from '../components/playlist-form.js';
import { playlistVideos } from '../components/playlist-videos.js';
import { toast, toastFailure } from '../components/toast.js';
import { navigate } from '../router.js';
import { currentUser } from '../state/session.js';
import { h } from '../ui/dom.js';
import { counted } from '../ui/format.js';
import { icon } from '../ui/icons.js';

/** A playlist; its owner can change it. */
export async function view({ params, signal }) {
  const { data: playlist } = await call('GET', `/playlists/${params.playlistId}`, { signal });
  const { owner, name, description, isPublic, totalVideos, totalViews } = playlist;
  const isOwn = owner?._id === currentUser()?._id;
  const content = h(
    'div',
    { class: 'page' },
    h('div', { class: 'page-head' }, h('h1', {}, name), isOwn && actions(playlist)),
    h(
      'p',
      { class: 'quiet' },
      owner && h('a', { href: `/c/${owner.username}?tab=playlists` }, owner.fullName),
      ` · ${counted(totalVideos, 'video')} · ${counted(totalViews, 'view')} `,
      !isPublic && h('span', { class: 'badge' }, 'Private'),
    ),
    description && h('p', { class: 'written' }, description),
    playlistVideos(playlist, {
      isOwn,
      empty: () => emptyNotice({ symbol: 'list', title: 'No videos in this playlist yet' }),
    }),
  );
  return { title: name, content };
}

function actions(playlist) {
  const remove = once(async () => {
    const title = `Delete “${playlist.name}”?`;
    if (!(await confirmed({ title, text: 'Its videos stay.', action: 'Delete' }))) return;
    await call('DELETE', `/playlists/${playlist._id}`);
    toast('The playlist is deleted');
    await navigate('/playlists', { replace: true });
  }, toastFailure);
  return h(
    'div',
    { class: 'row' },
    button('edit', 'Edit', () => openForm(playlist)),
    button('trash', 'Delete', remove),
  );
}

function openForm(playlist) {
  const { close } = openDialog({
    title: 'Edit the playlist',
    content: playlistForm({
      playlist,
      action: 'Save',
      send: async (fields) => {
        await call('PATCH', `/playlists/${playlist._id}`, { body: fields });
        close();
        await navigate(location.pathname, { replace: true });
      },
    }),
  });
}

function button(symbol, text, onclick) {
  return h('button', { type: 'button', class: 'button small', onclick }, icon(symbol), text);
}
