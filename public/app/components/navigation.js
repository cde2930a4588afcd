import { onRoute } from '../router.js';
import { currentUser, onSessionChange } from '../state/session.js';
import { fill, h } from '../ui/dom.js';
import { icon } from '../ui/icons.js';

const FOR_ALL = [{ href: '/', text: 'Home', icon: 'home' }];
const FOR_MEMBERS = [
  { href: '/subscriptions', text: 'Subscriptions', icon: 'feed' },
  { href: '/history', text: 'History', icon: 'history' },
  { href: '/playlists', text: 'Playlists', icon: 'list' },
  // On a phone these two are in the menu of the account: a bar has room for five.
  { href: '/watch-later', text: 'Watch later', icon: 'clock', class: 'wide-only' },
  { href: '/liked', text: 'Liked', icon: 'like', class: 'wide-only' },
  { href: '/studio', text: 'Studio', icon: 'studio' },
];

/** The rail at the side, or at the bottom of a phone. */
export function mountNavigation(navigation) {
  const update = () => {
    const links = currentUser() ? [...FOR_ALL, ...FOR_MEMBERS] : FOR_ALL;
    fill(navigation, h('ul', {}, links.map(entryOf)));
    document.body.classList.toggle('without-navigation', links.length === 1);
  };
  onSessionChange(update);
  onRoute(update);
  update();
}

function entryOf({ href, text, icon: name, class: className }) {
  const isHere = location.pathname === href;
  return h(
    'li',
    { class: className },
    h('a', { href, 'aria-current': isHere ? 'page' : null }, icon(name), h('span', {}, text)),
  );
}
