import { h } from '../ui/dom.js';

/** The picture of a person; it says nothing, as the name stands beside it. */
export function avatar(person, size = 36) {
  const class_ = `avatar avatar-${size}`;
  if (!person?.avatar) return h('span', { class: class_, 'aria-hidden': 'true' }, initial(person));
  const picture = h('img', {
    class: class_,
    src: person.avatar,
    alt: '',
    width: size,
    height: size,
    loading: 'lazy',
    decoding: 'async',
    onerror: () =>
      picture.replaceWith(h('span', { class: class_, 'aria-hidden': 'true' }, initial(person))),
  });
  return picture;
}

function initial(person) {
  return [...(person?.fullName ?? '?')][0]?.toUpperCase() ?? '?';
}
