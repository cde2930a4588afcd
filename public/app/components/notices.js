import { h } from '../ui/dom.js';
import { sentence } from '../ui/format.js';
import { icon } from '../ui/icons.js';

/**
 * What stands in the place of something that could not be shown.
 * @param {{ message: string, requestId?: string }} failure
 * @param {() => void} [retry]
 */
export function failureNotice({ message, requestId }, retry) {
  return h(
    'div',
    { class: 'notice bad', role: 'alert' },
    icon('alert'),
    h('p', { class: 'notice-title' }, sentence(message)),
    requestId && h('p', { class: 'fine-print' }, 'Request ', h('code', {}, requestId)),
    retry && h('button', { type: 'button', class: 'button', onclick: retry }, 'Try again'),
  );
}

/** What stands in the place of a list without rows. */
export function emptyNotice({ symbol, title, text, action }) {
  return h(
    'div',
    { class: 'notice' },
    icon(symbol),
    h('p', { class: 'notice-title' }, title),
    text && h('p', {}, text),
    action,
  );
}
