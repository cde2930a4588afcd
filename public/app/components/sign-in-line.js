import { signInAddress } from '../router.js';
import { h } from '../ui/dom.js';

/** @param {string} purpose `to comment` */
export function signInLine(purpose) {
  return h(
    'p',
    { class: 'sign-in-line' },
    h('a', { href: signInAddress() }, 'Sign in'),
    ` ${purpose}.`,
  );
}
