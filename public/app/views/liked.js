import { call } from '../api/client.js';
import { listOf } from '../api/lists.js';
import { emptyNotice } from '../components/notices.js';
import { removableGrid } from '../components/removable-grid.js';
import { h } from '../ui/dom.js';

/** The videos that one likes, newest like first. */
export function view({ signal }) {
  const list = removableGrid({
    load: listOf('/likes/videos', { limit: 24 }),
    remove: ({ _id }) => call('POST', `/likes/toggle/v/${_id}`),
    removeLabel: 'Take the like back',
    empty: () => emptyNotice({ symbol: 'like', title: 'No liked videos yet' }),
    label: 'Liked videos',
    signal,
  });
  return {
    title: 'Liked',
    content: h('div', { class: 'page' }, h('h1', {}, 'Liked videos'), list),
  };
}
