import { call } from '../api/client.js';
import { listOf } from '../api/lists.js';
import { currentUser } from '../state/session.js';
import { fill, h } from '../ui/dom.js';
import { ago, counted, momentOf } from '../ui/format.js';
import { icon } from '../ui/icons.js';
import { avatar } from './avatar.js';
import { confirmed } from './confirm.js';
import { pagedList } from './paged-list.js';
import { textComposer } from './text-composer.js';
import { toast, toastFailure } from './toast.js';
import { forMembers, likeButton } from './toggles.js';

/**
 * A comment with its answers and what one can do with it.
 * @param {object} comment
 * @param {{ signal: AbortSignal, onCount: (by: number) => void, onRemove: () => void, onReply?: (reply: object) => void }} tools
 *   `onReply`: where this is a reply itself, as an answer to it stands beside it
 */
export function commentItem(comment, tools) {
  const body = h('div', { class: 'comment-body' });
  const replyPlace = h('div');
  const replies = comment.parent ? undefined : replyList(comment, tools);
  const item = h('article', { class: 'comment' }, avatar(comment.owner, 36), body);

  const showText = () => {
    fill(
      body,
      head(comment),
      h('p', { class: 'written' }, comment.content),
      actions(comment, { edit: showEditor, remove, reply: showReply }),
      replyPlace,
      replies?.element,
    );
  };
  const showEditor = () => {
    const editor = textComposer({
      label: 'Your comment',
      action: 'Save',
      maxLength: 2000,
      value: comment.content,
      onCancel: showText,
      send: async (content) => {
        const path = `/comments/c/${comment._id}`;
        Object.assign(comment, (await call('PATCH', path, { body: { content } })).data);
        showText();
      },
    });
    fill(body, head(comment), editor);
    editor.querySelector('textarea').focus();
  };
  const remove = async () => {
    if (!(await confirmed({ title: 'Delete this comment?', action: 'Delete' }))) return;
    try {
      await call('DELETE', `/comments/c/${comment._id}`);
      tools.onCount(-1 - (comment.repliesCount ?? 0));
      (item.closest('li') ?? item).remove();
      tools.onRemove();
      toast('The comment is deleted');
    } catch (error) {
      toastFailure(error);
    }
  };
  const showReply = () => {
    const composer = textComposer({
      label: `Reply to ${comment.owner?.fullName ?? 'this'}`,
      action: 'Reply',
      maxLength: 2000,
      onCancel: () => fill(replyPlace),
      send: async (content) => {
        const path = `/comments/c/${comment._id}/replies`;
        const { data } = await call('POST', path, { body: { content } });
        fill(replyPlace);
        tools.onCount(1);
        (tools.onReply ?? replies.add)(data);
      },
    });
    fill(replyPlace, composer);
    composer.querySelector('textarea').focus();
  };
  showText();
  return item;
}

function head({ owner, createdAt, updatedAt }) {
  const isEdited = Date.parse(updatedAt) - Date.parse(createdAt) > 1000;
  return h(
    'p',
    { class: 'comment-head' },
    owner
      ? h('a', { href: `/c/${owner.username}` }, h('strong', {}, owner.fullName))
      : h('strong', {}, 'Somebody who left'),
    ' ',
    h(
      'time',
      { class: 'fine-print', datetime: createdAt, title: momentOf(createdAt) },
      ago(createdAt),
    ),
    isEdited && h('span', { class: 'fine-print' }, ' (edited)'),
  );
}

function actions(comment, { edit, remove, reply }) {
  const isOwn = comment.owner?._id === currentUser()?._id;
  const quiet = (text, onclick, symbol) =>
    h(
      'button',
      { type: 'button', class: 'button quiet small', onclick },
      symbol && icon(symbol),
      text,
    );
  return h(
    'div',
    { class: 'comment-actions' },
    likeButton('c', comment),
    quiet('Reply', forMembers(reply)),
    isOwn && quiet('Edit', edit),
    isOwn && quiet('Delete', remove),
  );
}

/** The answers below a comment, read when somebody wants to see them. */
function replyList(comment, { signal, onCount }) {
  let count = comment.repliesCount;
  let list;
  const element = h('div', { class: 'replies' });
  const add = (reply) => {
    count += 1;
    if (list) list.addFirst(reply);
    else open();
  };
  const open = () => {
    list = pagedList({
      load: listOf(`/comments/c/${comment._id}/replies`, { limit: 20 }),
      render: (reply) =>
        commentItem(reply, { signal, onCount, onReply: add, onRemove: () => list.recheck() }),
      empty: () => h('p', { class: 'fine-print' }, 'No replies'),
      class: 'comments',
      label: 'Replies',
      signal,
    });
    fill(element, list);
  };
  if (count > 0) {
    fill(
      element,
      h(
        'button',
        { type: 'button', class: 'button quiet small', onclick: open },
        `Show ${counted(count, 'reply', 'replies')}`,
      ),
    );
  }
  return { element, add };
}
