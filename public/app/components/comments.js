import { call } from '../api/client.js';
import { listOf } from '../api/lists.js';
import { currentUser } from '../state/session.js';
import { fill, h } from '../ui/dom.js';
import { counted } from '../ui/format.js';
import { commentItem } from './comment.js';
import { emptyNotice } from './notices.js';
import { pagedList } from './paged-list.js';
import { signInLine } from './sign-in-line.js';
import { textComposer } from './text-composer.js';

const ORDERS = { createdAt: 'Newest first', likesCount: 'Most liked first' };

/** What people say about a video, and a field to say something. */
export function comments(video, signal) {
  let count = video.commentsCount;
  const heading = h('h2', { class: 'section-title' });
  const place = h('div');
  const changeCount = (by) => {
    count = Math.max(0, count + by);
    fill(heading, count === 0 ? 'Comments' : counted(count, 'comment'));
  };
  let list;
  const show = (sortBy) => {
    list = pagedList({
      load: listOf(`/comments/${video._id}`, { sortBy, limit: 20 }),
      render: (comment) =>
        commentItem(comment, { signal, onCount: changeCount, onRemove: () => list.recheck() }),
      empty: () => emptyNotice({ symbol: 'comment', title: 'No comments yet' }),
      class: 'comments',
      label: 'Comments',
      signal,
    });
    fill(place, list);
  };
  changeCount(0);
  show('createdAt');
  return h(
    'section',
    { class: 'comment-section', 'aria-label': 'Comments' },
    h('div', { class: 'section-head' }, heading, orderChoice(show)),
    currentUser()
      ? textComposer({
          label: 'Add a comment',
          action: 'Comment',
          maxLength: 2000,
          send: async (content) => {
            const { data } = await call('POST', `/comments/${video._id}`, { body: { content } });
            list.addFirst(data);
            changeCount(1);
          },
        })
      : signInLine('to comment'),
    place,
  );
}

function orderChoice(show) {
  return h(
    'select',
    { 'aria-label': 'Order of the comments', onchange: ({ target }) => show(target.value) },
    Object.entries(ORDERS).map(([value, text]) => h('option', { value }, text)),
  );
}
