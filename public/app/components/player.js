import { h } from '../ui/dom.js';
import { duration } from '../ui/format.js';
import { keepProgress } from './progress-keeper.js';

/** Nearer to the start or the end than this, or this share of a short video, one starts anew. */
const EDGE_SECONDS = 5;
const EDGE_SHARE = 0.1;
const STEP_SECONDS = 10;
/** How long it can be read that one goes on in the middle. */
const NOTE_MILLISECONDS = 10_000;

/**
 * Plays a video from where its viewer has left it: as a stream where there is one, else the file.
 * @param {object} video with its details
 * @param {AbortSignal} signal ended when the player leaves the page
 */
export function player(video, signal) {
  const media = h('video', {
    class: 'player-media',
    controls: true,
    playsinline: true,
    preload: 'metadata',
    poster: video.thumbnail || null,
    'aria-label': video.title,
    'data-source': video.hlsUrl ? 'stream' : 'file',
  });
  const note = h('p', { class: 'player-note', role: 'status' });
  const box = h('div', { class: 'player' }, media, note);

  media.addEventListener('loadedmetadata', () => resume(media, video, note), { once: true });
  media.addEventListener('error', () => {
    if (!signal.aborted) say(note, 'This video cannot be played here.');
  });
  media.addEventListener('keydown', (event) => steer(event, media));
  keepProgress(media, video, signal);
  void play(media, video, signal);
  return box;
}

async function play(media, video, signal) {
  const stopStream = video.hlsUrl ? await playStream(media, video, signal) : undefined;
  if (!video.hlsUrl) media.src = video.videoFile;
  signal.addEventListener('abort', () => {
    stopStream?.();
    media.pause();
    media.removeAttribute('src');
    media.load();
  });
  if (signal.aborted) return;
  // Browsers may refuse to start by themselves; then one presses the button.
  media.play().catch(() => undefined);
}

/** @returns what ends it, where a script plays the stream */
async function playStream(media, video, signal) {
  const { default: Hls } = await import('/app/vendor/hls.min.mjs');
  const playFile = () => {
    media.dataset.source = 'file';
    media.src = video.videoFile;
  };
  if (!Hls.isSupported()) {
    // Safari on phones plays streams by itself.
    if (media.canPlayType('application/vnd.apple.mpegurl')) media.src = video.hlsUrl;
    else playFile();
    return undefined;
  }
  if (signal.aborted) return undefined;
  // A worker would have to be made of a text, which our policy rightly refuses.
  const hls = new Hls({ enableWorker: false });
  hls.on(Hls.Events.ERROR, (_event, { fatal }) => {
    if (!fatal) return;
    hls.destroy();
    playFile();
  });
  hls.loadSource(video.hlsUrl);
  hls.attachMedia(media);
  return () => hls.destroy();
}

function resume(media, { progress, duration: length }, note) {
  const edge = Math.min(EDGE_SECONDS, length * EDGE_SHARE);
  const isWorth = progress > edge && progress < length - edge;
  if (!isWorth) return;
  media.currentTime = progress;
  const startOver = h(
    'button',
    {
      type: 'button',
      class: 'link-button',
      onclick: () => {
        media.currentTime = 0;
        note.replaceChildren();
        media.focus();
      },
    },
    'Start over',
  );
  say(note, `Going on at ${duration(progress)}.`, startOver);
  setTimeout(() => {
    if (!note.contains(document.activeElement)) note.replaceChildren();
  }, NOTE_MILLISECONDS);
}

function say(note, ...words) {
  note.replaceChildren(...words.flatMap((word) => [word, ' ']));
}

/** Keys beside those that browsers have for their controls. */
function steer(event, media) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = {
    k: () => (media.paused ? media.play() : media.pause()),
    j: () => (media.currentTime -= STEP_SECONDS),
    l: () => (media.currentTime += STEP_SECONDS),
    m: () => (media.muted = !media.muted),
    f: () => (document.fullscreenElement ? document.exitFullscreen() : media.requestFullscreen()),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  void act();
}
