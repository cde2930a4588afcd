import { call } from '../api/client.js';
import { field, form } from '../components/form.js';
import { pictureField } from '../components/picture-field.js';
import { toast } from '../components/toast.js';
import { afterSignIn, navigate } from '../router.js';
import { setUser } from '../state/session.js';
import { h } from '../ui/dom.js';

const NAMES = {
  fullName: 'The name',
  username: 'The username',
  email: 'The email',
  password: 'The password',
  avatar: 'The picture',
};

/** A new account; whoever made it is signed in. */
export function view() {
  const register = form({
    action: 'Create the account',
    names: NAMES,
    fields: [
      pictureField({ name: 'avatar', label: 'Your picture', required: true, shape: 'round' }),
      field({
        name: 'fullName',
        label: 'Name',
        autocomplete: 'name',
        maxlength: 100,
        required: true,
      }),
      field({
        name: 'username',
        label: 'Username',
        hint: 'Letters, digits, dots, underscores and hyphens.',
        autocomplete: 'username',
        autocapitalize: 'none',
        required: true,
      }),
      field({
        name: 'email',
        label: 'Email',
        type: 'email',
        autocomplete: 'email',
        required: true,
      }),
      field({
        name: 'password',
        label: 'Password',
        hint: 'At least 8 characters. A few words are better than one.',
        type: 'password',
        autocomplete: 'new-password',
        minlength: 8,
        required: true,
      }),
    ],
    send: async (data) => {
      await call('POST', '/users/register', { body: data });
      const body = { username: data.get('username'), password: data.get('password') };
      setUser((await call('POST', '/users/login', { body })).data.user);
      toast('Welcome! We have sent you a mail to confirm your address');
      await navigate(afterSignIn(), { replace: true });
    },
  });
  const content = h(
    'div',
    { class: 'narrow' },
    h('h1', {}, 'Create an account'),
    register,
    h('p', {}, 'You have one? ', h('a', { href: `/login${location.search}` }, 'Sign in')),
  );
  return { title: 'Create an account', content };
}
