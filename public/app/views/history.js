import { call } from '../api/client.js';
import { listOf } from '../api/lists.js';
import { once } from '../components/async.js';
import { confirmed } from '../components/confirm.js';
import { emptyNotice } from '../components/notices.js';
import { toast, toastFailure } from '../components/toast.js';
import { removableGrid } from '../components/removable-grid.js';
import { currentUser, setUser } from '../state/session.js';
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
  const clear = once(async () => {
    const title = 'Clear the whole history?';
    const text = 'The positions at which you stopped watching go with it.';
    if (!(await confirmed({ title, text, action: 'Clear' }))) return;
    const { message } = await call('DELETE', '/users/history');
    toast(message);
    show();
  }, toastFailure);
  return h('div', { class: 'row' }, pauseToggle(), button('trash', 'Clear history', clear));
}

/** Offers the one of pausing and resuming that changes something. */
function pauseToggle() {
  const place = h('div');
  const show = (paused) => {
    const [symbol, text] = paused ? ['play', 'Resume history'] : ['pause', 'Pause history'];
    fill(place, button(symbol, text, setPaused(!paused)));
  };
  const setPaused = (paused) =>
    once(async () => {
      const { message } = await call('PATCH', '/users/history', { body: { paused } });
      setUser({ ...currentUser(), historyPaused: paused });
      show(paused);
      place.firstChild.focus();
      toast(message);
    }, toastFailure);
  show(currentUser()?.historyPaused === true);
  return place;
}

function button(symbol, text, onclick) {
  return h('button', { type: 'button', class: 'button small', onclick }, icon(symbol), text);
}
