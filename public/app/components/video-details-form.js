import { h } from '../ui/dom.js';
import { field } from './form.js';
import { pictureField } from './picture-field.js';

/** What people call the fields of a video. */
export const VIDEO_FIELD_NAMES = {
  title: 'The title',
  description: 'The description',
  tags: 'The tags',
  category: 'The category',
  thumbnail: 'The picture',
  videoUpload: 'The video',
};

/** The fields of a video, empty or as it is. @param {{ video?: object, onPicture?: () => void }} [options] */
export function videoFields({ video, onPicture } = {}) {
  return [
    field({ name: 'title', label: 'Title', value: video?.title, maxlength: 150, required: true }),
    field({
      name: 'description',
      label: 'Description',
      type: 'textarea',
      rows: 5,
      value: video?.description,
      maxlength: 5000,
    }),
    h(
      'div',
      { class: 'field-row' },
      field({
        name: 'tags',
        label: 'Tags',
        hint: 'Words between commas, up to 20.',
        value: video?.tags.join(', '),
      }),
      field({ name: 'category', label: 'Category', value: video?.category, maxlength: 50 }),
    ),
    pictureField({
      name: 'thumbnail',
      label: 'Picture',
      shape: 'wide',
      current: video?.thumbnail,
      onPick: onPicture,
    }),
  ];
}

/** The fields as the API takes them: a file that was not chosen is not sent. */
export function videoBody(data) {
  const thumbnail = data.get('thumbnail');
  if (thumbnail instanceof File && thumbnail.size === 0) data.delete('thumbnail');
  // Empty means none; an absent field would leave the old ones.
  if (data.get('tags')?.trim() === '') data.set('tags', '[]');
  return data;
}
