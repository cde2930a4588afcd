import { call } from '../api/client.js';
import { form } from '../components/form.js';
import { deleteButton } from '../components/own-videos.js';
import { processingState } from '../components/processing.js';
import { toast } from '../components/toast.js';
import { VIDEO_FIELD_NAMES, videoBody, videoFields } from '../components/video-details-form.js';
import { navigate } from '../router.js';
import { h } from '../ui/dom.js';

/** What a video of one's own is called, and how far it is on its way. */
export async function view({ params, signal }) {
  const path = `/videos/${params.videoId}`;
  const { data: video } = await call('GET', path, { signal });
  const edit = form({
    class: 'details',
    action: 'Save',
    names: VIDEO_FIELD_NAMES,
    fields: videoFields({ video }),
    send: async (data) => {
      await call('PATCH', path, { body: videoBody(data) });
      toast('Saved');
      await navigate('/studio');
    },
  });
  const content = h(
    'div',
    { class: 'page medium' },
    h(
      'div',
      { class: 'page-head' },
      h('h1', {}, 'Edit the video'),
      deleteButton(video, () => void navigate('/studio', { replace: true }), 'Delete'),
    ),
    processingState(video._id, { signal }),
    edit,
    h(
      'p',
      {},
      h('a', { href: `/watch/${video._id}` }, 'Watch it'),
      ' · ',
      h('a', { href: '/studio' }, 'Back to the studio'),
    ),
  );
  return { title: `Edit ${video.title}`, content };
}
