import { call } from '../../api/client.js';
import { currentUser, setUser } from '../../state/session.js';
import { h } from '../../ui/dom.js';
import { form } from '../form.js';
import { pictureField } from '../picture-field.js';
import { toast } from '../toast.js';

/** The picture of oneself, and that of the channel; each is sent once it is chosen. */
export function pictures() {
  const { avatar, coverImage } = currentUser();
  return h(
    'div',
    { class: 'picture-forms' },
    pictureForm({
      name: 'avatar',
      label: 'Your picture',
      path: '/users/avatar',
      shape: 'round',
      current: avatar,
    }),
    pictureForm({
      name: 'coverImage',
      label: 'Cover of your channel',
      path: '/users/cover-image',
      shape: 'banner',
      current: coverImage,
    }),
  );
}

function pictureForm({ name, label, path, shape, current }) {
  const element = form({
    action: 'Send the picture',
    names: { [name]: 'The picture' },
    class: 'sends-itself',
    fields: pictureField({ name, label, shape, current, onPick: () => element.requestSubmit() }),
    send: async (data) => {
      const { data: account } = await call('PATCH', path, { body: data });
      setUser(account);
      toast('The picture is changed');
    },
  });
  return element;
}
