import type { UserFields } from '../models/user.model';
import { ApiError } from '../utils/api-error';

export type SuspensionFields = Pick<
  UserFields,
  'suspendedAt' | 'suspendedUntil' | 'suspensionReason'
>;

/** Whether an account is suspended now; a suspension whose time is over has ended by itself. */
export function isSuspended({ suspendedAt, suspendedUntil }: SuspensionFields): boolean {
  return Boolean(suspendedAt) && (!suspendedUntil || suspendedUntil.getTime() > Date.now());
}

/** A filter for accounts that `isSuspended` says are not. */
export function notSuspended(): Record<string, unknown> {
  return { $or: [{ suspendedAt: null }, { suspendedUntil: { $lte: new Date() } }] };
}

/**
 * Keeps a suspended person from signing in. Call it once the password has been proven, so that
 * nobody else learns of the suspension; `stillHolds` catches one that comes between this and the
 * session.
 * @throws ApiError 403 ACCOUNT_SUSPENDED, saying why and until when
 */
export function assertNotSuspended(user: SuspensionFields): void {
  if (!isSuspended(user)) return;
  const { suspendedUntil, suspensionReason } = user;
  const until = suspendedUntil ? ` until ${suspendedUntil.toISOString()}` : '';
  const reason = suspensionReason ? `: ${suspensionReason}` : '';
  throw ApiError.forbidden(`This account is suspended${until}${reason}`, {
    code: 'ACCOUNT_SUSPENDED',
  });
}
