/** The token stands behind the #, which a browser sends to nobody. */
const token = new URLSearchParams(location.hash.slice(1)).get('token');

const form = document.getElementById('form');
const status = document.getElementById('status');

function say(text, className) {
  status.textContent = text;
  status.className = className;
}

/** @returns whether it worked, and a sentence for the person */
async function call(route, body) {
  try {
    const response = await fetch(`../api/v1/users/${route}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
      // The link alone says who it is for: whoever is signed in here has nothing to do with it.
      credentials: 'omit',
    });
    const { success, message } = await response.json();
    // The API names its fields; people know them by what stands beside them.
    return { success, message: message.replace(/^newPassword\b/, 'The new password') };
  } catch {
    return { success: false, message: 'The server does not answer; please try again.' };
  }
}

/**
 * Shows the form, which sends the token to a route when the person says so: a program that follows
 * the links of a mail must not use them up.
 * @param {string} route below /api/v1/users
 * @param {() => Record<string, unknown>} readFields what is sent with the token
 */
export function serveLink(route, readFields = () => ({})) {
  if (!token) {
    say('This link is incomplete. Please open it from the mail again.', 'failed');
    return;
  }
  form.hidden = false;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = form.querySelector('button');
    button.disabled = true;
    say('', '');
    const { success, message } = await call(route, { token, ...readFields() });
    button.disabled = false;
    say(`${message}.`.replace(/([.!?])\.$/, '$1'), success ? 'done' : 'failed');
    if (!success) return;
    form.hidden = true;
    // It is used up: nothing of it stays in the address or in the history.
    history.replaceState(null, '', location.pathname);
  });
}
