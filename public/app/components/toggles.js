import { call } from '../api/client.js';
import { navigate, signInAddress } from '../router.js';
import { currentUser } from '../state/session.js';
import { fill, h } from '../ui/dom.js';
import { counted, shortCount } from '../ui/format.js';
import { icon } from '../ui/icons.js';
import { once } from './async.js';
import { toastFailure } from './toast.js';

/** Only for those who are signed in; others are asked to, and come back. */
export function forMembers(work) {
  return (event) => (currentUser() ? work(event) : navigate(signInAddress()));
}

/**
 * Likes a thing, or takes the like back.
 * @param {'v' | 'c' | 't'} kind a video, comment or tweet
 * @param {{ _id: string, isLiked?: boolean, likesCount: number }} thing
 */
export function likeButton(kind, thing) {
  let { isLiked = false, likesCount } = thing;
  const button = h('button', {
    type: 'button',
    class: kind === 'v' ? 'button' : 'button small',
    onclick: forMembers(
      once(async () => {
        const { data } = await call('POST', `/likes/toggle/${kind}/${thing._id}`);
        ({ isLiked, likesCount } = data);
        show();
      }, toastFailure),
    ),
  });
  const show = () => {
    fill(button, icon('like'), shortCount(likesCount));
    button.setAttribute('aria-pressed', String(isLiked));
    button.setAttribute('aria-label', `Like, ${counted(likesCount, 'like')}`);
  };
  show();
  return button;
}

/**
 * Subscribes to a channel, or ends that.
 * @param {{ _id: string, fullName: string, isSubscribed?: boolean }} channel
 * @param {(state: { isSubscribed: boolean, subscribersCount: number }) => void} [onChange]
 */
export function subscribeButton(channel, onChange) {
  let { isSubscribed = false } = channel;
  const button = h('button', {
    type: 'button',
    onclick: forMembers(
      once(async () => {
        const { data } = await call('POST', `/subscriptions/c/${channel._id}`);
        ({ isSubscribed } = data);
        show();
        onChange?.(data);
      }, toastFailure),
    ),
  });
  const show = () => {
    fill(button, isSubscribed && icon('check'), isSubscribed ? 'Subscribed' : 'Subscribe');
    button.className = isSubscribed ? 'button' : 'button accent';
    button.setAttribute('aria-pressed', String(isSubscribed));
    button.setAttribute('aria-label', `Subscribe to ${channel.fullName}`);
  };
  show();
  return button;
}
