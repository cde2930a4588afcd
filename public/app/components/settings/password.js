import { call } from '../../api/client.js';
import { currentUser } from '../../state/session.js';
import { h } from '../../ui/dom.js';
import { field, filledFields, form } from '../form.js';
import { toast } from '../toast.js';

const NAMES = {
  oldPassword: 'The present password',
  newPassword: 'The new password',
  code: 'The code',
};

/** Another password; all other sessions end with the old one. */
export function password() {
  const codePlace = h('div');
  return form({
    action: 'Change the password',
    names: NAMES,
    fields: [
      accountOfThePassword(),
      field({
        name: 'oldPassword',
        label: 'Present password',
        type: 'password',
        autocomplete: 'current-password',
        required: true,
      }),
      field({
        name: 'newPassword',
        label: 'New password',
        hint: 'At least 8 characters. You are signed out everywhere else.',
        type: 'password',
        autocomplete: 'new-password',
        minlength: 8,
        required: true,
      }),
      codePlace,
    ],
    send: async (data, element) => {
      try {
        const { message } = await call('POST', '/users/change-password', {
          body: filledFields(data),
        });
        toast(message);
        element.reset();
        codePlace.replaceChildren();
      } catch (error) {
        if (error.code === 'TWO_FACTOR_REQUIRED' && !codePlace.hasChildNodes()) {
          const label = 'Code of your authenticator app';
          codePlace.append(
            field({ name: 'code', label, autocomplete: 'one-time-code', required: true }),
          );
        }
        throw error;
      }
    },
  });
}

/** Tells a password manager whose password changes. Without a name it is not sent. */
function accountOfThePassword() {
  const value = currentUser()?.username;
  return h('input', {
    type: 'text',
    autocomplete: 'username',
    value,
    readonly: true,
    hidden: true,
  });
}
