import { call } from '../api/client.js';
import { field, form } from '../components/form.js';
import { fill, h } from '../ui/dom.js';
import { sentence } from '../ui/format.js';

/** Asks for the mail whose link leads to /account/reset-password. */
export function view() {
  const place = h('div');
  const ask = form({
    action: 'Send the mail',
    names: { email: 'The email' },
    fields: field({
      name: 'email',
      label: 'Email',
      type: 'email',
      autocomplete: 'email',
      required: true,
    }),
    send: async (data) => {
      const body = { email: data.get('email') };
      const { message } = await call('POST', '/users/forgot-password', { body });
      fill(place, h('p', { class: 'good', role: 'status' }, sentence(message)));
    },
  });
  fill(place, h('p', {}, 'We send you a link that sets a new password.'), ask);
  const content = h(
    'div',
    { class: 'narrow' },
    h('h1', {}, 'Forgot your password?'),
    place,
    h('p', {}, h('a', { href: '/login' }, 'Back to signing in')),
  );
  return { title: 'Forgot your password?', content };
}
