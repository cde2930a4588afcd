import { h } from '../ui/dom.js';

/**
 * Links among views of one thing; each has an address of its own.
 * @param {string} label
 * @param {{ href: string, text: string, isHere: boolean }[]} entries
 */
export function tabs(label, entries) {
  return h(
    'nav',
    { class: 'tabs', 'aria-label': label },
    entries.map(({ href, text, isHere }) =>
      h('a', { href, 'aria-current': isHere ? 'page' : null }, text),
    ),
  );
}
