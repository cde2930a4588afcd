import { call } from '../api/client.js';
import { field, form } from '../components/form.js';
import { afterSignIn, navigate } from '../router.js';
import { setUser } from '../state/session.js';
import { h } from '../ui/dom.js';

/** Signing in, with a second factor where the account has one. */
export function view() {
  const codePlace = h('div');
  const login = form({
    action: 'Sign in',
    fields: [
      field({
        name: 'username',
        label: 'Username or email',
        autocomplete: 'username',
        autocapitalize: 'none',
        required: true,
      }),
      field({
        name: 'password',
        label: 'Password',
        type: 'password',
        autocomplete: 'current-password',
        required: true,
      }),
      codePlace,
    ],
    send: async (data) => {
      try {
        const body = Object.fromEntries(data);
        setUser((await call('POST', '/users/login', { body })).data.user);
      } catch (error) {
        if (error.code !== 'TWO_FACTOR_REQUIRED') throw error;
        askForCode(codePlace);
        return;
      }
      await navigate(afterSignIn(), { replace: true });
    },
  });
  const content = h(
    'div',
    { class: 'narrow' },
    h('h1', {}, 'Sign in'),
    login,
    h('p', {}, h('a', { href: '/forgot-password' }, 'Forgot your password?')),
    h('p', {}, 'New here? ', h('a', { href: `/register${location.search}` }, 'Create an account')),
  );
  return { title: 'Sign in', content };
}

function askForCode(place) {
  if (!place.hasChildNodes()) {
    place.append(
      field({
        name: 'code',
        label: 'Code',
        hint: 'The six digits of your authenticator app, or a recovery code.',
        autocomplete: 'one-time-code',
        required: true,
      }),
    );
  }
  place.querySelector('input').focus();
}
