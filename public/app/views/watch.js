import { call } from '../api/client.js';
import { listOf } from '../api/lists.js';
import { avatar } from '../components/avatar.js';
import { comments } from '../components/comments.js';
import { pagedList } from '../components/paged-list.js';
import { player } from '../components/player.js';
import { openSaveDialog } from '../components/save-dialog.js';
import { forMembers, likeButton, subscribeButton } from '../components/toggles.js';
import { videoCard } from '../components/video-card.js';
import { currentUser } from '../state/session.js';
import { fill, h } from '../ui/dom.js';
import { ago, counted, fullCount, momentOf } from '../ui/format.js';
import { icon } from '../ui/icons.js';

/** A video, what is said about it, and what is like it. */
export async function view({ params, signal }) {
  const { data: video } = await call('GET', `/videos/${params.videoId}`, { signal });
  const content = h(
    'div',
    { class: 'watch' },
    h(
      'div',
      { class: 'watch-main' },
      video.status === 'ready' ? player(video, signal) : notReady(video),
      h('h1', { class: 'watch-title' }, video.title),
      bar(video),
      about(video),
      comments(video, signal),
    ),
    h(
      'aside',
      { class: 'watch-side', 'aria-labelledby': 'related' },
      h('h2', { id: 'related', class: 'section-title' }, 'Related'),
      related(video, signal),
    ),
  );
  return { title: video.title, content };
}

function notReady({ _id, status }) {
  const words =
    status === 'failed' ? 'This video could not be stored.' : 'This video is being stored.';
  return h(
    'div',
    { class: 'player placeholder' },
    h('p', {}, words, ' ', h('a', { href: `/studio/videos/${_id}` }, 'See how far it is')),
  );
}

function bar(video) {
  const { owner } = video;
  const isOwn = owner?._id === currentUser()?._id;
  return h(
    'div',
    { class: 'watch-bar' },
    owner && channel(owner, isOwn),
    h(
      'div',
      { class: 'watch-actions' },
      likeButton('v', video),
      h(
        'button',
        { type: 'button', class: 'button', onclick: forMembers(() => openSaveDialog(video)) },
        icon('plus'),
        'Save',
      ),
      isOwn &&
        h('a', { class: 'button', href: `/studio/videos/${video._id}` }, icon('edit'), 'Edit'),
    ),
  );
}

function channel(owner, isOwn) {
  const count = h('span', { class: 'fine-print' }, counted(owner.subscribersCount, 'subscriber'));
  return h(
    'div',
    { class: 'watch-channel' },
    h(
      'a',
      { class: 'person', href: `/c/${owner.username}` },
      avatar(owner, 44),
      h('span', {}, h('strong', {}, owner.fullName), count),
    ),
    !isOwn &&
      subscribeButton(owner, ({ subscribersCount }) =>
        fill(count, counted(subscribersCount, 'subscriber')),
      ),
  );
}

function about(video) {
  const views = `${fullCount(video.views)} ${video.views === 1 ? 'view' : 'views'}`;
  return h(
    'section',
    { class: 'about', 'aria-label': 'About this video' },
    h(
      'p',
      { class: 'about-facts' },
      views,
      ' · ',
      h(
        'time',
        { datetime: video.createdAt, title: momentOf(video.createdAt) },
        ago(video.createdAt),
      ),
      video.category && ` · ${video.category}`,
      !video.isPublished && h('span', { class: 'badge' }, 'Hidden'),
    ),
    video.description && h('p', { class: 'written' }, video.description),
    video.tags.length > 0 &&
      h(
        'ul',
        { class: 'tags', 'aria-label': 'Tags' },
        video.tags.map((tag) =>
          h('li', {}, h('a', { href: `/search?tag=${encodeURIComponent(tag)}` }, `#${tag}`)),
        ),
      ),
  );
}

function related(video, signal) {
  return pagedList({
    load: listOf(`/videos/${video._id}/related`, { limit: 10 }),
    render: (other) => videoCard(other, { small: true }),
    empty: () => h('p', { class: 'fine-print' }, 'Nothing yet.'),
    class: 'related',
    label: 'Related videos',
    signal,
  });
}
