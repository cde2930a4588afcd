import { call } from '../api/client.js';

/** Whether this browser has signed in; the cookies themselves are out of a script's sight. */
const HINT = 'signed-in';

const listeners = new Set();
let user = null;

/** The account that is signed in, or null. */
export const currentUser = () => user;

/** Whether it is worth asking the API who is signed in, or for new tokens. */
export function maySignIn() {
  return localStorage.getItem(HINT) !== null;
}

/** @param listener called with the account, or null, whenever that changes */
export function onSessionChange(listener) {
  listeners.add(listener);
}

/** After a sign-in, a change of the account, or with null when the session is over. */
export function setUser(account) {
  user = account;
  if (account) localStorage.setItem(HINT, '1');
  else localStorage.removeItem(HINT);
  for (const listener of listeners) listener(account);
}

/** Finds out who is signed in, once when the page opens. */
export async function restoreSession() {
  if (!maySignIn()) return;
  try {
    setUser((await call('GET', '/users/current-user')).data);
  } catch (error) {
    // A server that is away for a moment does not sign anybody out.
    if (error.status === 401) setUser(null);
  }
}

export async function signOut() {
  await call('POST', '/users/logout');
  setUser(null);
}
