import { h } from '../ui/dom.js';
import { counted } from '../ui/format.js';
import { icon } from '../ui/icons.js';

/** A playlist in a list. */
export function playlistCard({ _id, name, thumbnail, totalVideos, isPublic }) {
  return h(
    'article',
    { class: 'card' },
    h(
      'div',
      { class: 'picture stacked' },
      thumbnail
        ? h('img', { src: thumbnail, alt: '', loading: 'lazy', decoding: 'async' })
        : h('span', { class: 'picture-none' }, icon('list')),
      h('span', { class: 'badge length' }, counted(totalVideos, 'video')),
    ),
    h(
      'div',
      { class: 'card-text' },
      h(
        'div',
        { class: 'card-lines' },
        h('h3', {}, h('a', { class: 'card-link', href: `/playlists/${_id}` }, name)),
        h('p', {}, isPublic ? 'Public' : 'Private'),
      ),
    ),
  );
}
