import { pagedList } from './paged-list.js';
import { cardSkeletons, videoCard } from './video-card.js';

/** A growing grid of videos. @param options as of `pagedList`; `card` are options of the cards */
export function videoGrid({ card = {}, ...options }) {
  return pagedList({
    class: 'video-grid',
    skeleton: () => cardSkeletons(),
    render: (video) => videoCard(video, card),
    ...options,
  });
}
