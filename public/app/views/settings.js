import { pictures } from '../components/settings/pictures.js';
import { profile } from '../components/settings/profile.js';
import { password } from '../components/settings/password.js';
import { sessions } from '../components/settings/sessions.js';
import { h } from '../ui/dom.js';

/** One's account. */
export function view({ signal }) {
  const content = h(
    'div',
    { class: 'page medium settings' },
    h('h1', {}, 'Settings'),
    section('Pictures', pictures()),
    section('Profile', profile()),
    section('Password', password()),
    section('Where you are signed in', sessions(signal)),
  );
  return { title: 'Settings', content };
}

function section(title, content) {
  return h(
    'section',
    { class: 'panel', 'aria-label': title },
    h('h2', { class: 'section-title' }, title),
    content,
  );
}
