import { listOf } from '../api/lists.js';
import { avatar } from '../components/avatar.js';
import { emptyNotice } from '../components/notices.js';
import { pagedList } from '../components/paged-list.js';
import { tabs } from '../components/tabs.js';
import { subscribeButton } from '../components/toggles.js';
import { videoGrid } from '../components/video-grid.js';
import { currentUser } from '../state/session.js';
import { h } from '../ui/dom.js';
import { counted } from '../ui/format.js';

/** New videos of the channels that one subscribes to, and these channels. */
export function view({ query, signal }) {
  const showsChannels = query.get('tab') === 'channels';
  const content = h(
    'div',
    { class: 'page' },
    h('h1', {}, 'Subscriptions'),
    tabs('Subscriptions', [
      { text: 'New videos', href: '/subscriptions', isHere: !showsChannels },
      { text: 'Channels', href: '/subscriptions?tab=channels', isHere: showsChannels },
    ]),
    showsChannels ? channels(signal) : feed(signal),
  );
  return { title: 'Subscriptions', content };
}

function feed(signal) {
  return videoGrid({
    load: listOf('/subscriptions/feed', { limit: 24 }),
    empty: () => nothing('New videos of channels that you subscribe to stand here.'),
    label: 'New videos',
    signal,
  });
}

function channels(signal) {
  return pagedList({
    load: listOf(`/subscriptions/u/${currentUser()._id}`, { limit: 30 }),
    render: ({ channel }) => channelRow(channel),
    empty: () => nothing('Channels that you subscribe to stand here.'),
    class: 'people',
    label: 'Channels',
    signal,
  });
}

function nothing(text) {
  return emptyNotice({ symbol: 'feed', title: 'Nothing here yet', text });
}

function channelRow(channel) {
  return h(
    'div',
    { class: 'person-row' },
    h(
      'a',
      { class: 'person', href: `/c/${channel.username}` },
      avatar(channel, 44),
      h(
        'span',
        {},
        h('strong', {}, channel.fullName),
        h('span', { class: 'fine-print' }, counted(channel.subscribersCount, 'subscriber')),
      ),
    ),
    subscribeButton(channel),
  );
}
