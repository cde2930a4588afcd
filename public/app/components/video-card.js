import { h } from '../ui/dom.js';
import { ago, counted, duration, spokenDuration } from '../ui/format.js';
import { icon } from '../ui/icons.js';
import { avatar } from './avatar.js';

/**
 * A video in a list.
 * @param {object} video as the API answers it
 * @param {{ actions?: Node, withOwner?: boolean, small?: boolean }} [options]
 */
export function videoCard(video, { actions, withOwner = true, small = false } = {}) {
  const { owner } = video;
  return h(
    'article',
    { class: small ? 'card small' : 'card' },
    picture(video),
    h(
      'div',
      { class: 'card-text' },
      withOwner && !small && owner && channelLink(owner, avatar(owner)),
      h(
        'div',
        { class: 'card-lines' },
        h('h3', {}, h('a', { class: 'card-link', href: `/watch/${video._id}` }, video.title)),
        withOwner && owner && h('p', {}, channelLink(owner, owner.fullName)),
        h('p', {}, `${counted(video.views, 'view')} · ${ago(video.createdAt)}`),
      ),
      actions && h('div', { class: 'card-actions' }, actions),
    ),
  );
}

function channelLink({ username }, face) {
  const isText = typeof face === 'string';
  return h(
    'a',
    {
      class: isText ? 'channel-link' : 'avatar-link',
      href: `/c/${username}`,
      // The name beside it leads to the same place: once is enough for the keyboard.
      tabindex: isText ? null : '-1',
      'aria-hidden': isText ? null : 'true',
    },
    face,
  );
}

/** The still picture with the length, and how far it was watched. */
export function picture(video) {
  const { thumbnail, progress } = video;
  return h(
    'div',
    { class: 'picture' },
    thumbnail ? still(thumbnail) : h('span', { class: 'picture-none' }, icon('film')),
    video.duration > 0 &&
      h(
        'span',
        { class: 'badge length' },
        h('span', { 'aria-hidden': 'true' }, duration(video.duration)),
        h('span', { class: 'visually-hidden' }, spokenDuration(video.duration)),
      ),
    progress > 0 && video.duration > 0 && watchedBar(video),
  );
}

function still(address) {
  const image = h('img', {
    src: address,
    alt: '',
    loading: 'lazy',
    decoding: 'async',
    onerror: () => image.replaceWith(h('span', { class: 'picture-none' }, icon('film'))),
  });
  return image;
}

function watchedBar({ progress, duration: length, completed }) {
  return h('progress', {
    class: 'watched',
    max: length,
    value: completed ? length : Math.min(progress, length),
    'aria-label': 'Watched',
  });
}

/** What stands in a grid until its videos come. */
export function cardSkeletons(count = 8) {
  return h(
    'div',
    { class: 'video-grid', 'aria-hidden': 'true' },
    Array.from({ length: count }, () =>
      h(
        'div',
        { class: 'card' },
        h('div', { class: 'picture skeleton' }),
        h('div', { class: 'skeleton skeleton-line' }),
        h('div', { class: 'skeleton skeleton-line short' }),
      ),
    ),
  );
}
