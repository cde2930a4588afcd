import { maySignIn, setUser } from '../state/session.js';

const API = '/api/v1';

/** What the API refused, or why it could not be asked. */
export class ApiFailure extends Error {
  /** @param {{ message: string, status?: number, code?: string, errors?: { field: string, message: string }[], requestId?: string }} facts */
  constructor({ message, status = 0, code = 'UNREACHABLE', errors = [], requestId }) {
    super(message);
    Object.assign(this, { name: 'ApiFailure', status, code, errors, requestId });
  }
}

/**
 * Calls the API as the person whose cookies this browser holds. On a 401 it refreshes the tokens
 * once and repeats the call.
 * @param {string} method
 * @param {string} path below /api/v1
 * @param {{ query?: Record<string, unknown>, body?: object | FormData, signal?: AbortSignal, keepalive?: boolean }} [options]
 *   `keepalive`: the call outlives the page
 * @returns {Promise<{ data: unknown, message: string, statusCode: number, pagination?: object }>}
 * @throws {ApiFailure}
 */
export async function call(method, path, options = {}) {
  try {
    return await send(method, path, options);
  } catch (error) {
    if (!isExpired(error, path) || !(await refreshTokens())) throw error;
    return send(method, path, options);
  }
}

/** A wrong password is a 401 as well, and no refresh would mend it. */
function isExpired(error, path) {
  return error.status === 401 && maySignIn() && path !== '/users/login';
}

async function send(method, path, { query = {}, body, signal, keepalive = false }) {
  const isForm = body instanceof FormData;
  const response = await reach(`${API}${path}${queryString(query)}`, {
    method,
    signal,
    keepalive,
    ...(body && { body: isForm ? body : JSON.stringify(body) }),
    ...(body && !isForm && { headers: { 'Content-Type': 'application/json' } }),
  });
  const answer = await readAnswer(response);
  if (!response.ok) throw new ApiFailure({ ...answer, status: response.status });
  return answer;
}

async function reach(address, options) {
  try {
    return await fetch(address, options);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiFailure({ message: 'The server does not answer. Please try again.' });
  }
}

async function readAnswer(response) {
  try {
    return await response.json();
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    // A proxy on the way answers in its own words.
    const requestId = response.headers.get('X-Request-Id') ?? undefined;
    const message = `The server answered ${response.status} and said no more`;
    throw new ApiFailure({ message, status: response.status, code: 'NO_JSON', requestId });
  }
}

function queryString(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

let refreshing;

/**
 * Gets new tokens, as cookies; however many calls ask at the same time, it is done once.
 * @returns {Promise<boolean>} false when the session is over
 */
export function refreshTokens() {
  refreshing ??= send('POST', '/users/refresh-token', {})
    .then(() => true)
    .catch((error) => {
      if (error.status !== 401) throw error;
      setUser(null);
      return false;
    })
    .finally(() => {
      refreshing = undefined;
    });
  return refreshing;
}
