import { announce, fill, h } from '../ui/dom.js';
import { failureNotice } from './notices.js';

/** How far below the window the next page is fetched. */
const AHEAD = '600px';

/**
 * A list that grows: by its button, and by itself when one comes near its end.
 * @param {{ load: Function, render: (item: object) => Node, empty: () => Node, signal: AbortSignal, class?: string, skeleton?: () => Node, label?: string }} options
 *   `load` as `listOf` makes it; `render` answers what stands in a row
 * @returns {HTMLElement & { prepend?: unknown }} with `addFirst(item)` to show a new row on top
 */
export function pagedList({ load, render, empty, signal, class: className, skeleton, label }) {
  const list = h('ul', { class: className, 'aria-label': label });
  const foot = h('div', { class: 'list-foot' });
  const root = h('div', { class: 'paged-list' }, list, foot);
  let cursor;
  let isLoading = false;

  const rowOf = (item) => h('li', {}, render(item));
  const read = async ({ byHand = false } = {}) => {
    if (isLoading) return;
    isLoading = true;
    watcher.disconnect();
    root.setAttribute('aria-busy', 'true');
    fill(foot, cursor === undefined && skeleton ? skeleton() : h('div', { class: 'spinner' }));
    try {
      const page = await load(cursor, signal);
      cursor = page.nextCursor;
      const rows = page.items.map(rowOf);
      list.append(...rows);
      finish(rows, byHand);
    } catch (error) {
      if (error.name !== 'AbortError')
        fill(
          foot,
          failureNotice(error, () => void read({ byHand })),
        );
    } finally {
      isLoading = false;
      root.removeAttribute('aria-busy');
    }
  };
  const finish = (rows, byHand) => {
    if (cursor) {
      fill(
        foot,
        moreButton(() => void read({ byHand: true })),
      );
      if (rows.length > 0) watcher.observe(foot);
    } else fill(foot, list.children.length === 0 ? empty() : null);
    if (!byHand) return;
    announce(`${rows.length} more`);
    rows[0]?.querySelector('a, button')?.focus();
  };
  const watcher = new IntersectionObserver(
    ([entry]) => {
      if (entry.isIntersecting && root.isConnected) void read();
    },
    { rootMargin: AHEAD },
  );
  signal.addEventListener('abort', () => watcher.disconnect());
  void read();

  return Object.assign(root, {
    /** Shows a row that was just made on top of the others. */
    addFirst(item) {
      list.prepend(rowOf(item));
      if (!cursor) fill(foot);
    },
    /** Looks again whether there is a row left. */
    recheck() {
      if (list.children.length === 0 && !cursor) fill(foot, empty());
    },
  });
}

function moreButton(onclick) {
  return h('button', { type: 'button', class: 'button more', onclick }, 'Show more');
}
