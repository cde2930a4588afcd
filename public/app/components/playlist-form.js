import { field, form } from './form.js';

const NAMES = { name: 'The name', description: 'The description' };

/** @param {{ action: string, send: (fields: object) => Promise<void>, playlist?: object }} options */
export function playlistForm({ action, send, playlist }) {
  return form({
    action,
    names: NAMES,
    fields: [
      field({ name: 'name', label: 'Name', value: playlist?.name, maxlength: 150, required: true }),
      field({
        name: 'description',
        label: 'Description',
        type: 'textarea',
        rows: 2,
        value: playlist?.description,
        maxlength: 1000,
      }),
      field({
        name: 'isPublic',
        label: 'Everybody may see it',
        type: 'checkbox',
        value: playlist?.isPublic ?? true,
      }),
    ],
    send: async (data, element) => {
      await send({
        name: data.get('name'),
        description: data.get('description'),
        isPublic: data.has('isPublic'),
      });
      if (!playlist) element.reset();
    },
  });
}
