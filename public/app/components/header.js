import { afterSignIn, navigate, onRoute, signInAddress } from '../router.js';
import { currentUser, onSessionChange, signOut } from '../state/session.js';
import { onSystemTheme, shownTheme, toggleTheme } from '../state/theme.js';
import { fill, h } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { avatar } from './avatar.js';
import { menu } from './menu.js';
import { searchBox } from './search-box.js';
import { toast, toastFailure } from './toast.js';

/** The bar on top: the way home, search, and one's account. */
export function mountHeader(header) {
  const account = h('div', { class: 'header-account' });
  const update = () => fill(account, ...accountControls());
  fill(
    header,
    h(
      'a',
      { class: 'brand', href: '/', 'aria-label': 'VideoTube, home' },
      h('img', { src: '/app/icon.svg', alt: '', width: 28, height: 28 }),
      h('span', { class: 'brand-name' }, 'VideoTube'),
    ),
    searchBox(),
    account,
  );
  onSessionChange(update);
  // The link to sign in leads back to where one is.
  onRoute(update);
  onSystemTheme(update);
  update();
}

function accountControls() {
  const user = currentUser();
  return user ? [uploadLink(), accountMenu(user)] : [themeButton(), signInLink()];
}

function uploadLink() {
  return h(
    'a',
    { class: 'button quiet', href: '/upload' },
    icon('upload'),
    h('span', { class: 'wide-only' }, 'Upload'),
  );
}

function signInLink() {
  const isThere = ['/login', '/register'].includes(location.pathname);
  const address = isThere ? `/login?next=${encodeURIComponent(afterSignIn())}` : signInAddress();
  return h('a', { class: 'button accent', href: address }, 'Sign in');
}

function themeButton() {
  const isDark = shownTheme() === 'dark';
  const button = h(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      'aria-label': isDark ? 'Light theme' : 'Dark theme',
      onclick: () => {
        toggleTheme();
        const other = themeButton();
        button.replaceWith(other);
        other.focus();
      },
    },
    icon(isDark ? 'sun' : 'moon'),
  );
  return button;
}

function accountMenu(user) {
  return menu({
    label: `Your account, ${user.fullName}`,
    button: avatar(user),
    head: h('p', { class: 'menu-head' }, h('strong', {}, user.fullName), ` @${user.username}`),
    items: () => [
      { text: 'Your channel', icon: 'person', href: `/c/${user.username}` },
      { text: 'Watch later', icon: 'clock', href: '/watch-later', class: 'narrow-only' },
      { text: 'Liked videos', icon: 'like', href: '/liked', class: 'narrow-only' },
      { text: 'Studio', icon: 'studio', href: '/studio', class: 'wide-only' },
      { text: 'Settings', icon: 'settings', href: '/settings' },
      {
        text: shownTheme() === 'dark' ? 'Light theme' : 'Dark theme',
        icon: shownTheme() === 'dark' ? 'sun' : 'moon',
        onSelect: toggleTheme,
      },
      { text: 'Sign out', icon: 'signOut', onSelect: leave },
    ],
  });
}

async function leave() {
  try {
    await signOut();
    toast('You are signed out.');
    await navigate('/');
  } catch (error) {
    toastFailure(error);
  }
}
