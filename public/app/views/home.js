import { listOf } from '../api/lists.js';
import { emptyNotice } from '../components/notices.js';
import { tabs } from '../components/tabs.js';
import { videoGrid } from '../components/video-grid.js';
import { h } from '../ui/dom.js';

const ORDERS = [
  { name: 'newest', text: 'Newest', href: '/', sortBy: 'createdAt' },
  { name: 'popular', text: 'Most viewed', href: '/?sort=popular', sortBy: 'views' },
  { name: 'liked', text: 'Most liked', href: '/?sort=liked', sortBy: 'likesCount' },
];

/** Everybody's videos. */
export function view({ query, signal }) {
  const order = ORDERS.find(({ name }) => name === query.get('sort')) ?? ORDERS[0];
  const content = h(
    'div',
    { class: 'page' },
    h('h1', { class: 'visually-hidden' }, 'Videos'),
    tabs(
      'Order',
      ORDERS.map((entry) => ({ ...entry, isHere: entry === order })),
    ),
    videoGrid({
      load: listOf('/videos', { sortBy: order.sortBy, limit: 24 }),
      empty: () =>
        emptyNotice({
          symbol: 'film',
          title: 'No videos yet',
          text: 'Be the first to share one.',
          action: h('a', { class: 'button accent', href: '/upload' }, 'Upload a video'),
        }),
      signal,
      label: 'Videos',
    }),
  );
  return { title: '', content };
}
