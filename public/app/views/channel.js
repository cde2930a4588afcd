import { call } from '../api/client.js';
import { listOf } from '../api/lists.js';
import { avatar } from '../components/avatar.js';
import { emptyNotice } from '../components/notices.js';
import { pagedList } from '../components/paged-list.js';
import { playlistCard } from '../components/playlist-card.js';
import { tabs } from '../components/tabs.js';
import { subscribeButton } from '../components/toggles.js';
import { tweets } from '../components/tweets.js';
import { videoGrid } from '../components/video-grid.js';
import { currentUser } from '../state/session.js';
import { fill, h } from '../ui/dom.js';
import { counted, dateOf } from '../ui/format.js';
import { icon } from '../ui/icons.js';

const TABS = { videos: 'Videos', posts: 'Posts', playlists: 'Playlists' };

/** A channel: who it is, and what it has made. */
export async function view({ params, query, signal }) {
  const path = `/users/c/${encodeURIComponent(params.username)}`;
  const { data: channel } = await call('GET', path, { signal });
  const tab = Object.hasOwn(TABS, query.get('tab') ?? '') ? query.get('tab') : 'videos';
  const address = `/c/${channel.username}`;
  const content = h(
    'div',
    { class: 'page' },
    channel.coverImage && h('img', { class: 'cover', src: channel.coverImage, alt: '' }),
    head(channel),
    tabs(
      'Channel',
      Object.entries(TABS).map(([name, text]) => ({
        text,
        href: name === 'videos' ? address : `${address}?tab=${name}`,
        isHere: name === tab,
      })),
    ),
    contentOf(tab, channel, signal),
  );
  return { title: channel.fullName, content };
}

function head(channel) {
  const isOwn = channel._id === currentUser()?._id;
  const count = h('span');
  const show = (subscribersCount) => fill(count, counted(subscribersCount, 'subscriber'));
  show(channel.subscribersCount);
  return h(
    'header',
    { class: 'channel-head' },
    avatar(channel, 96),
    h(
      'div',
      { class: 'channel-facts' },
      h('h1', {}, channel.fullName),
      h(
        'p',
        { class: 'quiet' },
        `@${channel.username} · `,
        count,
        ` · ${counted(channel.videosCount, 'video')}`,
      ),
      channel.description && h('p', { class: 'written' }, channel.description),
      h('p', { class: 'fine-print' }, `Here since ${dateOf(channel.createdAt)}`),
    ),
    isOwn
      ? h('a', { class: 'button', href: '/settings' }, icon('edit'), 'Edit')
      : subscribeButton(channel, ({ subscribersCount }) => show(subscribersCount)),
  );
}

function contentOf(tab, channel, signal) {
  if (tab === 'posts') return tweets(channel, signal);
  if (tab === 'playlists') {
    return pagedList({
      load: listOf(`/playlists/user/${channel._id}`, { limit: 24 }),
      render: playlistCard,
      empty: () => emptyNotice({ symbol: 'list', title: 'No playlists yet' }),
      class: 'video-grid',
      label: 'Playlists',
      signal,
    });
  }
  return videoGrid({
    load: listOf('/videos', { userId: channel._id, sortBy: 'createdAt', limit: 24 }),
    empty: () => emptyNotice({ symbol: 'film', title: 'No videos yet' }),
    card: { withOwner: false },
    label: 'Videos',
    signal,
  });
}
