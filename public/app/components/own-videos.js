import { call } from '../api/client.js';
import { listOf } from '../api/lists.js';
import { h } from '../ui/dom.js';
import { ago, counted } from '../ui/format.js';
import { icon } from '../ui/icons.js';
import { once } from './async.js';
import { confirmed } from './confirm.js';
import { emptyNotice } from './notices.js';
import { pagedList } from './paged-list.js';
import { processingState } from './processing.js';
import { toast, toastFailure } from './toast.js';
import { picture } from './video-card.js';

/** One's own videos, hidden ones too, with what can be done with each. */
export function ownVideos(signal) {
  const list = pagedList({
    load: listOf('/dashboard/videos', { limit: 20 }),
    render: (video) => row(video, { signal, recheck: () => list.recheck() }),
    empty: () => emptyNotice({ symbol: 'film', title: 'You have no videos yet' }),
    class: 'own-videos',
    label: 'Your videos',
    signal,
  });
  return list;
}

function row(video, { signal, recheck }) {
  const { _id, title, views, likesCount, commentsCount, createdAt, status, takenDown } = video;
  const element = h(
    'article',
    { class: 'own-video' },
    picture(video),
    h(
      'div',
      { class: 'own-video-text' },
      h('h3', {}, h('a', { href: `/watch/${_id}` }, title)),
      h(
        'p',
        { class: 'fine-print' },
        [
          counted(views, 'view'),
          counted(likesCount, 'like'),
          counted(commentsCount, 'comment'),
        ].join(' · '),
        ` · ${ago(createdAt)}`,
      ),
      takenDown && h('p', { class: 'bad' }, `Taken down: ${takenDown.reason}`),
      status !== 'ready' && processingState(_id, { signal }),
    ),
    h(
      'div',
      { class: 'own-video-actions' },
      publishSwitch(video),
      h(
        'a',
        { class: 'icon-button', href: `/studio/videos/${_id}`, 'aria-label': `Edit ${title}` },
        icon('edit'),
      ),
      deleteButton(video, () => {
        (element.closest('li') ?? element).remove();
        recheck();
      }),
    ),
  );
  return element;
}

function publishSwitch(video) {
  const button = h(
    'button',
    {
      type: 'button',
      class: 'switch',
      role: 'switch',
      'aria-label': `Public: ${video.title}`,
      onclick: once(async () => {
        const { data } = await call('PATCH', `/videos/toggle/publish/${video._id}`);
        show(data.isPublished);
      }, toastFailure),
    },
    h('span', { class: 'switch-words' }),
  );
  const show = (isPublished) => {
    button.setAttribute('aria-checked', String(isPublished));
    button.firstChild.textContent = isPublished ? 'Public' : 'Hidden';
  };
  show(video.isPublished);
  return button;
}

/** @param {{ _id: string, title: string }} video */
export function deleteButton(video, onDeleted, face = icon('trash')) {
  return h(
    'button',
    {
      type: 'button',
      class: face instanceof Element ? 'icon-button' : 'button danger',
      'aria-label': `Delete ${video.title}`,
      onclick: once(async () => {
        const title = `Delete “${video.title}”?`;
        const text = 'Its comments and likes go with it. This cannot be undone.';
        if (!(await confirmed({ title, text, action: 'Delete' }))) return;
        await call('DELETE', `/videos/${video._id}`);
        toast('The video is deleted');
        onDeleted();
      }, toastFailure),
    },
    face,
  );
}
