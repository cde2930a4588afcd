import { call } from '../../api/client.js';
import { currentUser, setUser } from '../../state/session.js';
import { fill, h } from '../../ui/dom.js';
import { field, form } from '../form.js';
import { toast } from '../toast.js';

const NAMES = {
  fullName: 'The name',
  username: 'The username',
  email: 'The email',
  description: 'The description',
  password: 'The password',
  code: 'The code',
};

/** Name, address and what others read of oneself. A new address takes a proof where the old is confirmed. */
export function profile() {
  const user = currentUser();
  const proof = h('div');
  const pending = h('p', { class: 'fine-print' });
  const showPending = ({ pendingEmail, email, isEmailVerified }) =>
    fill(
      pending,
      pendingEmail
        ? `${pendingEmail} is yours once you follow the link in the mail to it.`
        : isEmailVerified
          ? `${email} is confirmed.`
          : `${email} is not confirmed yet: we have sent a link to it.`,
    );
  showPending(user);
  return form({
    action: 'Save',
    names: NAMES,
    fields: [
      field({ name: 'fullName', label: 'Name', value: user.fullName, required: true }),
      field({ name: 'username', label: 'Username', value: user.username, required: true }),
      field({ name: 'description', label: 'About you', type: 'textarea', value: user.description }),
      field({ name: 'email', label: 'Email', type: 'email', value: user.email, required: true }),
      pending,
      proof,
    ],
    send: async (data, element) => {
      const body = changesOf(data, currentUser());
      if (Object.keys(body).length === 0) return toast('Nothing was changed');
      try {
        const { data: account, message } = await call('PATCH', '/users/update-account', { body });
        setUser(account);
        showPending(account);
        fill(proof);
        element.elements.email.value = account.email;
        toast(message);
      } catch (error) {
        askForProof(proof, error);
        throw error;
      }
    },
  });
}

function changesOf(data, user) {
  const changes = [...data].filter(([name, value]) => value !== (user[name] ?? ''));
  const isNewEmail = changes.some(([name]) => name === 'email');
  const isSent = ([name, value]) =>
    ['password', 'code'].includes(name) ? isNewEmail && value !== '' : true;
  return Object.fromEntries(changes.filter(isSent));
}

/** The API names what is missing: the password first, and a code where two-factor is on. */
function askForProof(place, { errors = [] }) {
  const fields = {
    password: { label: 'Your password', type: 'password', autocomplete: 'current-password' },
    code: { label: 'Code of your authenticator app', autocomplete: 'one-time-code' },
  };
  for (const [name, description] of Object.entries(fields)) {
    const isMissing = errors.some((error) => error.field === name);
    if (!isMissing || place.querySelector(`[name=${name}]`)) continue;
    place.append(field({ name, required: true, ...description }));
  }
}
