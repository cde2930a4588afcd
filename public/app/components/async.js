import { fill, h } from '../ui/dom.js';
import { failureNotice } from './notices.js';

/**
 * An element whose content comes later: a skeleton first, then the content, or the failure with a
 * way to try again.
 * @param {() => Promise<unknown>} load answers what to show
 * @param {{ skeleton?: Node, signal?: AbortSignal, class?: string }} [options]
 */
export function later(load, { skeleton, signal, class: className } = {}) {
  const box = h('div', { class: className });
  const run = async () => {
    box.setAttribute('aria-busy', 'true');
    fill(box, skeleton ?? h('div', { class: 'skeleton skeleton-block' }));
    try {
      const content = await load();
      if (!signal?.aborted) fill(box, content);
    } catch (error) {
      if (error.name !== 'AbortError') fill(box, failureNotice(error, run));
    } finally {
      box.removeAttribute('aria-busy');
    }
  };
  void run();
  return box;
}

/**
 * A handler that works one call at a time: meanwhile its button is busy.
 * @param {(event: Event) => Promise<void>} work
 * @param {(error: Error) => void} onFailure
 */
export function once(work, onFailure) {
  return async (event) => {
    const button = event.currentTarget;
    if (button.getAttribute('aria-busy') === 'true') return;
    button.setAttribute('aria-busy', 'true');
    try {
      await work(event);
    } catch (error) {
      onFailure(error);
    } finally {
      button.removeAttribute('aria-busy');
    }
  };
}
