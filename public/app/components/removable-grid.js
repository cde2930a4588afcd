import { h } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { once } from './async.js';
import { toastFailure } from './toast.js';
import { videoCard } from './video-card.js';
import { videoGrid } from './video-grid.js';

/**
 * A grid of videos, each of which can be taken out.
 * @param {{ remove: (video: object) => Promise<unknown>, removeLabel: string }} options beside those of
 *   `videoGrid`
 */
export function removableGrid({ remove, removeLabel, ...options }) {
  const grid = videoGrid({
    ...options,
    render: (video) => videoCard(video, { actions: removeButton(video) }),
  });
  const removeButton = (video) =>
    h(
      'button',
      {
        type: 'button',
        class: 'icon-button',
        'aria-label': `${removeLabel}: ${video.title}`,
        title: removeLabel,
        onclick: once(async ({ currentTarget }) => {
          const row = currentTarget.closest('li');
          await remove(video);
          // Where the row was, its neighbour takes the focus.
          (row.nextElementSibling ?? row.previousElementSibling)?.querySelector('a')?.focus();
          row.remove();
          grid.recheck();
        }, toastFailure),
      },
      icon('close'),
    );
  return grid;
}
