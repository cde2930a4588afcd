import { call } from '../api/client.js';
import { listOf } from '../api/lists.js';
import { once } from '../components/async.js';
import { confirmed } from '../components/confirm.js';
import { emptyNotice } from '../components/notices.js';
import { toast, toastFailure } from '../components/toast.js';
import { removableGrid } from '../components/removable-grid.js';
import { fill, h } from '../ui/dom.js';
import { icon } from '../ui/icons.js';

/** What one has watched, newest first. */
export function view({ signal }) {
  const place = h('div');
  const show = () => fill(place, list(signal));
  show();
  const content = h(
    'div',
    { class: 'page' },
    h('div', { class: 'page-head' }, h('h1', {}, 'History'), actions(show)),
    place,
  );
  return { title: 'History', content };
}

function list(signal) {
  return removableGrid({
    load: listOf('/users/history', { limit: 24 }),
    remove: ({ _id }) => call('DELETE', `/users/history/${_id}`),
    removeLabel: 'Remove from the history',
    empty: () =>
      emptyNotice({
        symbol: 'history',
        title: 'Nothing watched yet',
        text: 'What you watch stands here, and goes on where you left it.',
      }),
    label: 'Watched videos',
    signal,
  });
}

function actions(show) {
  const pause = (paused) =>
    once(async () => {
      const { message } = await call('PATCH', '/users/history', { body: { paused } });
      toast(message);
    }, toastFailure);
  const clear = once(async () => {
    const title = 'Clear the whole history?';
    const text = 'The positions at which you stopped watching go with it.';
    if (!(await confirmed({ title, text, action: 'Clear' }))) return;
    const { message } = await call('DELETE', '/users/history');
    toast(message);
    show();
  }, toastFailure);
  return h(
    'div',
    { class: 'row' },
    button('pause', 'Pause history', pause(true)),
    button('play', 'Resume history', pause(false)),
    button('trash', 'Clear history', clear),
  );
}

function button(symbol, text, onclick) {
  return h('button', { type: 'button', class: 'button small', onclick }, icon(symbol), text);
}
