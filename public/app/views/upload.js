import { discardUpload, openUploads, publish } from '../api/uploads.js';
import { confirmed } from '../components/confirm.js';
import { filePicker } from '../components/file-picker.js';
import { field, form } from '../components/form.js';
import { processingState } from '../components/processing.js';
import { stillOf } from '../components/still.js';
import { toast, toastFailure } from '../components/toast.js';
import { uploadProgress } from '../components/upload-progress.js';
import { VIDEO_FIELD_NAMES, videoBody, videoFields } from '../components/video-details-form.js';
import { currentUser } from '../state/session.js';
import { keepDraft } from '../state/upload-draft.js';
import { fill, h } from '../ui/dom.js';
import { ago, bytes } from '../ui/format.js';

/** A new video: its file goes up while one writes what it is. */
export function view({ signal }) {
  const place = h('div');
  const content = h('div', { class: 'page medium' }, h('h1', {}, 'Upload a video'), place);
  const start = () => fill(place, picker(place, signal, start), leftOvers(place, signal));
  start();
  return { title: 'Upload', content };
}

function picker(place, signal, startOver) {
  return filePicker({
    label: 'Choose a video',
    hint: 'Or drop it here: MP4, WebM, MOV or Matroska.',
    accept: 'video/*,.mkv',
    onFile: (file) => {
      const { element, done } = uploadProgress(file, {
        userId: currentUser()._id,
        signal,
        onDiscard: startOver,
      });
      const still = stillOf(file);
      const title = file.name.replace(/\.[^.]+$/, '').replaceAll(/[_-]+/g, ' ');
      fill(place, element, details({ done, still, title, place, signal }));
    },
  });
}

/** @param {{ done: Promise<string>, still?: Promise<Blob | undefined>, title: string }} source */
function details({ done, still, title, place, signal }) {
  let hasOwnPicture = false;
  const element = form({
    class: 'details',
    action: 'Publish',
    names: VIDEO_FIELD_NAMES,
    fields: [
      h('h2', { class: 'section-title' }, 'Details'),
      ...videoFields({ onPicture: () => (hasOwnPicture = true) }),
      field({
        name: 'isPublished',
        label: 'Publish at once',
        type: 'checkbox',
        value: true,
        hint: 'Otherwise only you can see it.',
      }),
    ],
    send: async (data) => {
      const uploadId = await inTime(done, element);
      const body = videoBody(data);
      body.set('isPublished', String(data.has('isPublished')));
      const picture = hasOwnPicture ? undefined : await still;
      if (picture) body.set('thumbnail', picture, 'still.jpg');
      const { data: video, statusCode } = await publish(uploadId, body);
      forget();
      showPublished({ video, isStored: statusCode === 201, place, signal });
    },
  });
  const forget = keepDraft(element, { title });
  void still?.then((picture) => {
    if (picture && !hasOwnPicture) showStill(element, picture);
  });
  return element;
}

/** Whoever is done with writing first waits for the file. */
async function inTime(done, element) {
  const button = element.querySelector('[type=submit]');
  const words = button.textContent;
  fill(button, 'Waiting for the file…');
  const uploadId = await done;
  fill(button, words);
  return uploadId;
}

function showStill(element, picture) {
  const image = h('img', { src: URL.createObjectURL(picture), alt: '' });
  fill(element.querySelector('.picture-preview'), image);
}

function showPublished({ video, isStored, place, signal }) {
  fill(
    place,
    h(
      'div',
      { class: 'notice' },
      h('p', { class: 'notice-title' }, isStored ? 'Your video is here.' : 'We have your video.'),
      processingState(video._id, { signal }),
      h(
        'div',
        { class: 'row' },
        h('a', { class: 'button accent', href: `/watch/${video._id}` }, 'Watch it'),
        h('a', { class: 'button', href: '/studio' }, 'Go to the studio'),
      ),
    ),
  );
  place.querySelector('a').focus();
}

/** Uploads of earlier visits: whole ones are published as they are, cut ones need their file again. */
function leftOvers(place, signal) {
  const box = h('section', { class: 'left-overs', 'aria-label': 'Unfinished uploads' });
  const show = async () => {
    try {
      const uploads = (await openUploads(signal)).filter(({ kind }) => kind === 'video');
      if (uploads.length === 0) return fill(box);
      const rows = uploads.map((upload) => leftOver(upload, { place, signal, show }));
      fill(box, h('h2', { class: 'section-title' }, 'Unfinished uploads'), h('ul', {}, rows));
    } catch (error) {
      toastFailure(error);
    }
  };
  void show();
  return box;
}

function leftOver(upload, { place, signal, show }) {
  const { _id, originalName, isComplete, offset, bytes: total, createdAt } = upload;
  const share = total === 0 ? 100 : Math.floor((100 * offset) / total);
  const goOn = () => {
    const title = originalName.replace(/\.[^.]+$/, '');
    const words = h('p', { class: 'upload-name' }, h('strong', {}, originalName), ' is here.');
    fill(place, words, details({ done: Promise.resolve(_id), title, place, signal }));
  };
  const discard = async () => {
    const title = `Throw ${originalName} away?`;
    if (!(await confirmed({ title, action: 'Throw away' }))) return;
    try {
      await discardUpload(_id);
      toast('The upload is gone');
    } catch (error) {
      toastFailure(error);
    }
    await show();
  };
  return h(
    'li',
    { class: 'left-over' },
    h(
      'div',
      {},
      h('strong', {}, originalName),
      h('p', { class: 'fine-print' }, `${share} % of ${bytes(total)} · ${ago(createdAt)}`),
      !isComplete && h('p', {}, 'Choose the same file again: it goes on where it was cut.'),
    ),
    h(
      'div',
      { class: 'row' },
      isComplete &&
        h('button', { type: 'button', class: 'button small', onclick: goOn }, 'Write the details'),
      h('button', { type: 'button', class: 'button quiet small', onclick: discard }, 'Throw away'),
    ),
  );
}
