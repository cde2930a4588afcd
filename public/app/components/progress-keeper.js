import { call } from '../api/client.js';
import { currentUser } from '../state/session.js';

/** How often a running video tells how far it is. */
const INTERVAL_MILLISECONDS = 10_000;

/**
 * Tells the API how far a video was watched: now and then while it runs, and when it is paused, ends
 * or is left. Guests have no history.
 */
export function keepProgress(media, video, signal) {
  if (!currentUser()) return;
  let told = video.progress;
  const tell = (options = {}) => {
    const progress = Math.round(media.currentTime * 10) / 10;
    if (media.readyState === 0 || progress === told) return;
    told = progress;
    call('POST', `/users/history/${video._id}`, { body: { progress }, ...options }).catch(() => {
      // It is told again within seconds.
      told = undefined;
    });
  };
  const timer = setInterval(() => !media.paused && tell(), INTERVAL_MILLISECONDS);
  const tellLast = () => tell({ keepalive: true });
  const tellWhenHidden = () => document.visibilityState === 'hidden' && tellLast();
  media.addEventListener('pause', () => !signal.aborted && tell());
  media.addEventListener('ended', () => tell());
  document.addEventListener('visibilitychange', tellWhenHidden, { signal });
  window.addEventListener('pagehide', tellLast, { signal });
  signal.addEventListener('abort', () => {
    clearInterval(timer);
    tellLast();
  });
}
