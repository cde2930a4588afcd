import { call } from '../api/client.js';
import { fill, h } from '../ui/dom.js';
import { momentOf, sentence } from '../ui/format.js';
import { once } from './async.js';
import { toastFailure } from './toast.js';

const FIRST_MILLISECONDS = 1000;
const LONGEST_MILLISECONDS = 15_000;

/**
 * How far a video is on its way into the store: asked again until it is there, less and less often.
 * @param {string} videoId
 * @param {{ signal: AbortSignal, onReady?: () => void }} options
 */
export function processingState(videoId, { signal, onReady }) {
  const box = h('div', { class: 'processing', role: 'status' });
  let wait = FIRST_MILLISECONDS;
  let timer;
  const ask = async () => {
    try {
      const { data } = await call('GET', `/videos/${videoId}/processing`, { signal });
      fill(box, wordsOf(data, retry));
      if (data.status === 'ready') onReady?.();
      const isAtWork = data.status === 'processing' || data.hlsStatus === 'processing';
      if (isAtWork) again();
    } catch (error) {
      if (error.name === 'AbortError') return;
      fill(box, h('p', {}, sentence(error.message)));
      again();
    }
  };
  const again = () => {
    timer = setTimeout(ask, wait);
    wait = Math.min(wait * 1.6, LONGEST_MILLISECONDS);
  };
  const retry = once(async () => {
    await call('POST', `/videos/${videoId}/processing/retry`);
    wait = FIRST_MILLISECONDS;
    await ask();
  }, toastFailure);
  signal.addEventListener('abort', () => clearTimeout(timer));
  void ask();
  return box;
}

function wordsOf({ status, hlsStatus, nextAttemptAt, attempts, error }, retry) {
  if (status === 'failed') {
    return [
      h('p', { class: 'bad' }, 'The video could not be stored. ', error && sentence(error.message)),
      h('button', { type: 'button', class: 'button', onclick: retry }, 'Try again'),
    ];
  }
  if (status === 'processing') {
    return [
      h('p', {}, h('span', { class: 'spinner inline' }), 'The video is being stored.'),
      attempts > 1 &&
        nextAttemptAt &&
        h('p', { class: 'fine-print' }, `Next attempt: ${momentOf(nextAttemptAt)}.`),
    ];
  }
  if (hlsStatus === 'processing') {
    const words = 'The video is ready. Further qualities are being made.';
    return h('p', {}, h('span', { class: 'spinner inline' }), words);
  }
  return h('p', { class: 'good' }, 'The video is ready.');
}
