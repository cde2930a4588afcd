import { h } from '../ui/dom.js';
import { sentence } from '../ui/format.js';

const SHOWN_MILLISECONDS = 6000;

/** Says briefly, at the edge of the page, what has happened. */
export function toast(message, kind = 'plain') {
  const note = h('p', { class: `toast ${kind}` }, sentence(message));
  document.getElementById('toasts').append(note);
  setTimeout(() => note.remove(), SHOWN_MILLISECONDS);
}

/** The same of what did not work; a view that was left is no failure. */
export function toastFailure(error) {
  if (error.name === 'AbortError') return;
  toast(error.message, 'bad');
}
