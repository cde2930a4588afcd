import { ApiError } from './api-error';

const REALM = 'Bearer realm="videotube"';
// RFC 9110 section 15.5.2: a 401 names its scheme. RFC 6750 section 3.1: a token that was sent and
// refused is named as such; a request without one is only challenged.
export const CHALLENGE = { 'WWW-Authenticate': REALM };
const TOKEN_CHALLENGE = { 'WWW-Authenticate': `${REALM}, error="invalid_token"` };

/** 401 for a request that brought no token where one is needed. */
export function missingToken(): ApiError {
  return ApiError.unauthenticated('Please sign in', { headers: CHALLENGE });
}

/** 401 for a genuine token that is too old; the client's cue to refresh. */
export function expiredToken(cause?: unknown): ApiError {
  return ApiError.unauthenticated('Your token has expired', {
    code: 'TOKEN_EXPIRED',
    headers: TOKEN_CHALLENGE,
    cause,
  });
}

/** 401 for a token that is not ours, not of the expected kind, or whose session is over. */
export function invalidToken(cause?: unknown): ApiError {
  return ApiError.unauthenticated('Your token is not valid, please sign in again', {
    code: 'TOKEN_INVALID',
    headers: TOKEN_CHALLENGE,
    cause,
  });
}

/** 401 for a refresh token that was replaced a while ago and came back. */
export function reusedToken(): ApiError {
  return ApiError.unauthenticated('This session was ended for your safety, please sign in again', {
    code: 'TOKEN_REUSED',
    headers: TOKEN_CHALLENGE,
  });
}

/** 401 for a failed login; one answer for every reason, or it would tell who has an account. */
export function invalidCredentials(): ApiError {
  return ApiError.unauthenticated('The username, email or password is wrong', {
    code: 'INVALID_CREDENTIALS',
    headers: CHALLENGE,
  });
}

/**
 * 400 for a signed-in person whose password, asked for once more, is wrong. Not 401: clients answer
 * that by refreshing their token and repeating the call, which spends the person's attempts.
 */
export function wrongPassword(field: string): ApiError {
  const message = 'The password is wrong';
  return ApiError.badRequest(message, {
    code: 'WRONG_PASSWORD',
    errors: [{ field, message, code: 'WRONG_PASSWORD' }],
  });
}
