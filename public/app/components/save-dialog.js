import { call } from '../api/client.js';
import { wholeList } from '../api/lists.js';
import { currentUser } from '../state/session.js';
import { h } from '../ui/dom.js';
import { sentence } from '../ui/format.js';
import { later } from './async.js';
import { openDialog } from './dialog.js';
import { playlistForm } from './playlist-form.js';
import { toastFailure } from './toast.js';

/** In which of one's playlists a video is: each has a box to tick. */
export function openSaveDialog(video) {
  const status = h('p', { class: 'fine-print', role: 'status' });
  openDialog({
    title: 'Save to…',
    content: later(async () => {
      const [{ data: watchLater }, lists] = await Promise.all([
        call('GET', '/playlists/watch-later'),
        wholeList(`/playlists/user/${currentUser()._id}`),
      ]);
      const others = lists.filter(({ _id }) => _id !== watchLater._id);
      const boxes = h(
        'ul',
        { class: 'choices' },
        [watchLater, ...others].map((playlist) => choice(playlist, video, status)),
      );
      return [boxes, status, newPlaylist(video, boxes, status)];
    }),
  });
}

function choice(playlist, video, status) {
  const box = h('input', {
    type: 'checkbox',
    checked: playlist.videos.some(({ _id }) => _id === video._id),
    onchange: async () => {
      box.disabled = true;
      const verb = box.checked ? 'add' : 'remove';
      try {
        await call('PATCH', `/playlists/${verb}/${video._id}/${playlist._id}`);
        status.textContent = sentence(
          `${box.checked ? 'Added to' : 'Removed from'} ${playlist.name}`,
        );
      } catch (error) {
        box.checked = !box.checked;
        toastFailure(error);
        status.textContent = sentence(error.message);
      } finally {
        box.disabled = false;
        box.focus();
      }
    },
  });
  return h(
    'li',
    {},
    h('label', { class: 'choice' }, box, h('span', {}, playlist.name)),
    !playlist.isPublic && h('span', { class: 'badge' }, 'Private'),
  );
}

function newPlaylist(video, boxes, status) {
  return h(
    'details',
    { class: 'new-playlist' },
    h('summary', {}, 'New playlist'),
    playlistForm({
      action: 'Create and add',
      send: async (fields) => {
        const { data: made } = await call('POST', '/playlists', { body: fields });
        const { data } = await call('PATCH', `/playlists/add/${video._id}/${made._id}`);
        boxes.append(choice(data, video, status));
        status.textContent = sentence(`Added to ${data.name}`);
      },
    }),
  );
}
