import { fill, h, uniqueId } from '../ui/dom.js';
import { icon } from '../ui/icons.js';

/**
 * A button with a menu below it, after the menu-button pattern of the ARIA Authoring Practices:
 * arrows move, Escape closes and gives the focus back.
 * @param {{ label: string, button: Node, head?: Node, items: () => { text: string, icon: string, href?: string, onSelect?: () => void }[] }} options
 *   `items` is asked each time the menu opens
 */
export function menu({ label, button: face, head, items }) {
  const id = uniqueId('menu');
  const button = h(
    'button',
    {
      type: 'button',
      class: 'menu-button',
      'aria-label': label,
      'aria-haspopup': 'menu',
      'aria-expanded': 'false',
      'aria-controls': id,
    },
    face,
  );
  const list = h('div', { id, class: 'menu', role: 'menu', 'aria-label': label, hidden: true });
  const root = h('div', { class: 'menu-root' }, button, list);
  // Some entries are for narrow windows alone, and cannot be reached in others.
  const entries = () =>
    [...list.querySelectorAll('[role=menuitem]')].filter((entry) => entry.checkVisibility());

  const close = ({ giveBack = false } = {}) => {
    list.hidden = true;
    button.setAttribute('aria-expanded', 'false');
    if (giveBack) button.focus();
  };
  const open = () => {
    fill(
      list,
      head,
      items().map((item) => entryOf(item, close)),
    );
    list.hidden = false;
    button.setAttribute('aria-expanded', 'true');
    entries()[0]?.focus();
  };
  button.addEventListener('click', () => (list.hidden ? open() : close()));
  root.addEventListener('focusout', ({ relatedTarget }) => {
    if (relatedTarget && !root.contains(relatedTarget)) close();
  });
  document.addEventListener('pointerdown', ({ target }) => {
    if (!root.contains(target)) close();
  });
  list.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close({ giveBack: true });
    moveByKey(event, entries());
  });
  return root;
}

function entryOf({ text, icon: name, href, onSelect, class: className = '' }, close) {
  const onclick = () => {
    close();
    onSelect?.();
  };
  const face = [icon(name), text];
  const shared = { role: 'menuitem', tabindex: '-1', class: `menu-item ${className}`, onclick };
  return href
    ? h('a', { ...shared, href }, face)
    : h('button', { ...shared, type: 'button' }, face);
}

function moveByKey(event, entries) {
  const at = entries.indexOf(document.activeElement);
  const target = {
    ArrowDown: (at + 1) % entries.length,
    ArrowUp: (at - 1 + entries.length) % entries.length,
    Home: 0,
    End: entries.length - 1,
  }[event.key];
  if (target === undefined) return;
  event.preventDefault();
  entries[target].focus();
}
