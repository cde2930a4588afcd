import { startUpload } from '../api/resumable-upload.js';
import { fill, h } from '../ui/dom.js';
import { bytes, sentence } from '../ui/format.js';
import { icon } from '../ui/icons.js';
import { confirmed } from './confirm.js';

/**
 * Sends a file and shows how far it is, with a button to pause and one to throw it away.
 * @param {File} file
 * @param {{ userId: string, signal: AbortSignal, onDiscard: () => void }} options
 * @returns {{ element: HTMLElement, done: Promise<string> }} `done`: the id of the upload
 */
export function uploadProgress(file, { userId, signal, onDiscard }) {
  const bar = h('progress', { max: 100, value: 0, 'aria-label': `Upload of ${file.name}` });
  const words = h('p', { class: 'upload-words', role: 'status' }, 'Starting…');
  const buttons = h('div', { class: 'upload-buttons' });
  const element = h(
    'div',
    { class: 'upload-progress' },
    h('p', { class: 'upload-name' }, h('strong', {}, file.name), ` ${bytes(file.size)}`),
    bar,
    words,
    buttons,
  );
  let control;
  let finish;
  const done = new Promise((resolve) => {
    finish = resolve;
  });
  let hasGivenUp = false;
  const go = () => {
    hasGivenUp = false;
    control.go();
    fill(words, 'Going on…');
    fill(buttons, pauseButton, discardButton);
  };
  const pause = async () => {
    await control.pause();
    fill(words, `Paused at ${percent(bar)}.`);
    fill(buttons, goButton, discardButton);
    goButton.focus();
  };
  const discard = async () => {
    await control.pause();
    if (!(await confirmed({ title: 'Throw this upload away?', action: 'Throw away' }))) return go();
    try {
      await control.discard();
      onDiscard();
    } catch {
      fill(words, 'It could not be thrown away. Please try again.');
    }
  };
  const pauseButton = button('Pause', 'pause', () => void pause());
  const goButton = button('Go on', 'play', go);
  const discardButton = button('Cancel', 'close', () => void discard());

  const listeners = {
    onStart: () => fill(buttons, pauseButton, discardButton),
    onProgress: (sent, total) => {
      bar.value = total === 0 ? 100 : (100 * sent) / total;
      fill(words, `${percent(bar)} · ${bytes(sent)} of ${bytes(total)}`);
    },
    onTrouble: () => fill(words, 'The connection was cut. Trying again…'),
    onFailure: (error) => {
      hasGivenUp = true;
      fill(words, sentence(error.message));
      fill(buttons, goButton, discardButton);
    },
    onDone: (uploadId) => {
      bar.value = 100;
      fill(words, icon('check'), 'The file is here.');
      fill(buttons);
      finish(uploadId);
    },
  };
  void startUpload(file, userId, listeners).then((started) => {
    control = started;
    if (started.resumed) fill(words, 'Going on where it was cut…');
    signal.addEventListener('abort', () => void started.pause());
    window.addEventListener('online', () => hasGivenUp && go(), { signal });
  });
  return { element, done };
}

const percent = ({ value }) => `${Math.floor(value)} %`;

function button(text, symbol, onclick) {
  return h('button', { type: 'button', class: 'button small', onclick }, icon(symbol), text);
}
