import { ApiError } from './api-error';
import { CHALLENGE } from './authentication-errors';

/** Where a second factor is asked for: at the login, or of somebody who is signed in. */
export type Door = 'sign-in' | 'signed in';

/** For an account with two-factor whose password was right and whose code is still to come. */
export function missingSecondFactor(door: Door): ApiError {
  return refusal(door, 'TWO_FACTOR_REQUIRED', 'Please enter the code of your authenticator app');
}

/** For a code that is wrong, too old or spent; which of them is not told. */
export function wrongSecondFactor(door: Door): ApiError {
  return refusal(door, 'TWO_FACTOR_INVALID', 'The code is wrong, or was used before');
}

export function twoFactorIsOn(): ApiError {
  return ApiError.conflict('Two-factor authentication is on already', { code: 'TWO_FACTOR_ON' });
}

export function twoFactorIsOff(): ApiError {
  return ApiError.conflict('Two-factor authentication is not on', { code: 'TWO_FACTOR_OFF' });
}

/**
 * 401 at the login, 400 for somebody who is signed in: clients answer a 401 by refreshing their
 * token and repeating the call, which would spend the person's attempts.
 */
function refusal(door: Door, code: string, message: string): ApiError {
  const errors = [{ field: 'code', message, code }];
  return door === 'sign-in'
    ? ApiError.unauthenticated(message, { code, errors, headers: CHALLENGE })
    : ApiError.badRequest(message, { code, errors });
}
