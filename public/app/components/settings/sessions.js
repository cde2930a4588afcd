import { call } from '../../api/client.js';
import { fill, h } from '../../ui/dom.js';
import { ago } from '../../ui/format.js';
import { later, once } from '../async.js';
import { toast, toastFailure } from '../toast.js';

/** The devices that one is signed in on; each of the others can be signed out. */
export function sessions(signal) {
  const place = h('div');
  const show = () =>
    fill(
      place,
      later(
        async () => {
          const { data } = await call('GET', '/users/sessions', { signal });
          return [
            h(
              'ul',
              { class: 'sessions' },
              data.map((session) => row(session, show)),
            ),
            data.length > 1 && endOthers(show),
          ];
        },
        { signal },
      ),
    );
  show();
  return place;
}

function row({ _id, userAgent, ip, lastUsedAt, isCurrent }, show) {
  const end = once(async () => {
    await call('DELETE', `/users/sessions/${_id}`);
    toast('Signed out there');
    show();
  }, toastFailure);
  return h(
    'li',
    { class: 'session' },
    h(
      'div',
      {},
      h('strong', {}, deviceOf(userAgent)),
      isCurrent && h('span', { class: 'badge accent' }, 'This one'),
      h('p', { class: 'fine-print', title: userAgent }, `${ip} · used ${ago(lastUsedAt)}`),
    ),
    !isCurrent &&
      h(
        'button',
        {
          type: 'button',
          class: 'button small',
          'aria-label': `Sign out on ${deviceOf(userAgent)}`,
          onclick: end,
        },
        'Sign out',
      ),
  );
}

function endOthers(show) {
  const onclick = once(async () => {
    const { message } = await call('DELETE', '/users/sessions');
    toast(message);
    show();
  }, toastFailure);
  return h('button', { type: 'button', class: 'button', onclick }, 'Sign out everywhere else');
}

/** By the words in what browsers call themselves; the first that is there holds. */
const BROWSERS = {
  Edg: 'Edge',
  OPR: 'Opera',
  Firefox: 'Firefox',
  Chrome: 'Chrome',
  Safari: 'Safari',
};
const SYSTEMS = {
  Android: 'Android',
  iPhone: 'iPhone',
  iPad: 'iPad',
  Windows: 'Windows',
  'Mac OS X': 'a Mac',
  Linux: 'Linux',
};

/** `Firefox on Linux`; programs call themselves by one word. */
function deviceOf(userAgent) {
  const nameIn = (names) => names[Object.keys(names).find((word) => userAgent.includes(word))];
  const [browser, system] = [nameIn(BROWSERS), nameIn(SYSTEMS)];
  if (!browser) return userAgent.split(/[\s/]/, 1)[0] || 'Unknown device';
  return system ? `${browser} on ${system}` : browser;
}
