import { listOf } from '../api/lists.js';
import { emptyNotice } from '../components/notices.js';
import { tabs } from '../components/tabs.js';
import { videoGrid } from '../components/video-grid.js';
import { h } from '../ui/dom.js';

const ORDERS = [
  { name: 'relevance', text: 'Best match' },
  { name: 'createdAt', text: 'Newest' },
  { name: 'views', text: 'Most viewed' },
];

/** What is found for some words, or has a tag. */
export function view({ query, signal }) {
  const words = (query.get('query') ?? '').trim();
  const tag = (query.get('tag') ?? '').trim();
  const order = ORDERS.find(({ name }) => name === query.get('sort')) ?? ORDERS[tag ? 1 : 0];
  const title = tag ? `Videos tagged “${tag}”` : words ? `Results for “${words}”` : 'Search';
  const content = h(
    'div',
    { class: 'page' },
    h('h1', {}, title),
    words && orderTabs(words, order),
    words || tag ? results({ query: words, tag }, order, signal) : hint(),
  );
  return { title, content };
}

function orderTabs(words, order) {
  const addressOf = (name) => `/search?${new URLSearchParams({ query: words, sort: name })}`;
  return tabs(
    'Order',
    ORDERS.map((entry) => ({
      text: entry.text,
      href: addressOf(entry.name),
      isHere: entry === order,
    })),
  );
}

function results(asked, order, signal) {
  return videoGrid({
    load: listOf('/videos', { ...asked, sortBy: order.name, limit: 24 }),
    empty: () =>
      emptyNotice({
        symbol: 'search',
        title: 'Nothing found',
        text: 'Try other words, or fewer of them.',
      }),
    signal,
    label: 'Results',
  });
}

function hint() {
  return emptyNotice({
    symbol: 'search',
    title: 'What are you looking for?',
    text: 'Write some words into the field at the top.',
  });
}
