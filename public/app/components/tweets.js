import { call } from '../api/client.js';
import { listOf } from '../api/lists.js';
import { currentUser } from '../state/session.js';
import { fill, h } from '../ui/dom.js';
import { ago, momentOf } from '../ui/format.js';
import { avatar } from './avatar.js';
import { confirmed } from './confirm.js';
import { emptyNotice } from './notices.js';
import { pagedList } from './paged-list.js';
import { textComposer } from './text-composer.js';
import { toast, toastFailure } from './toast.js';
import { likeButton } from './toggles.js';

const MAX_LENGTH = 500;

/** The short posts of a channel; its owner can write one. */
export function tweets(channel, signal) {
  const isOwn = channel._id === currentUser()?._id;
  const list = pagedList({
    load: listOf(`/tweets/user/${channel._id}`, { limit: 20 }),
    render: (tweet) => tweetItem(tweet, { isOwn, onRemove: () => list.recheck() }),
    empty: () => emptyNotice({ symbol: 'comment', title: 'No posts yet' }),
    class: 'comments',
    label: 'Posts',
    signal,
  });
  const composer = textComposer({
    label: 'Write a post',
    action: 'Post',
    maxLength: MAX_LENGTH,
    send: async (content) => {
      list.addFirst((await call('POST', '/tweets', { body: { content } })).data);
    },
  });
  return h('div', { class: 'medium' }, isOwn && composer, list);
}

function tweetItem(tweet, { isOwn, onRemove }) {
  const body = h('div', { class: 'comment-body' });
  const item = h('article', { class: 'comment' }, avatar(tweet.owner, 36), body);
  const showText = () => {
    fill(
      body,
      head(tweet),
      h('p', { class: 'written' }, tweet.content),
      h(
        'div',
        { class: 'comment-actions' },
        likeButton('t', tweet),
        isOwn && quiet('Edit', showEditor),
        isOwn && quiet('Delete', remove),
      ),
    );
  };
  const showEditor = () => {
    const editor = textComposer({
      label: 'Your post',
      action: 'Save',
      maxLength: MAX_LENGTH,
      value: tweet.content,
      onCancel: showText,
      send: async (content) => {
        const { data } = await call('PATCH', `/tweets/${tweet._id}`, { body: { content } });
        Object.assign(tweet, data);
        showText();
      },
    });
    fill(body, head(tweet), editor);
    editor.querySelector('textarea').focus();
  };
  const remove = async () => {
    if (!(await confirmed({ title: 'Delete this post?', action: 'Delete' }))) return;
    try {
      await call('DELETE', `/tweets/${tweet._id}`);
      (item.closest('li') ?? item).remove();
      onRemove();
      toast('The post is deleted');
    } catch (error) {
      toastFailure(error);
    }
  };
  showText();
  return item;
}

function head({ owner, createdAt }) {
  return h(
    'p',
    { class: 'comment-head' },
    h('strong', {}, owner?.fullName ?? 'Somebody who left'),
    ' ',
    h(
      'time',
      { class: 'fine-print', datetime: createdAt, title: momentOf(createdAt) },
      ago(createdAt),
    ),
  );
}

function quiet(text, onclick) {
  return h('button', { type: 'button', class: 'button quiet small', onclick }, text);
}
