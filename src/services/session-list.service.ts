import type { Types } from 'mongoose';
import { Session, type SessionFields } from '../models/session.model';
import { ApiError } from '../utils/api-error';

/** What a person may see of one of their sessions. */
export type ListedSession = Pick<
  SessionFields,
  '_id' | 'ip' | 'userAgent' | 'createdAt' | 'lastUsedAt' | 'expiresAt' | 'endsAt'
>;

const LISTED = {
  ip: 1,
  userAgent: 1,
  createdAt: 1,
  lastUsedAt: 1,
  expiresAt: 1,
  endsAt: 1,
} as const;

/**
 * A person's living sessions, the one used last first. Not paged: a person has at most
 * MAX_SESSIONS_PER_USER.
 */
export function listSessions(userId: Types.ObjectId): Promise<ListedSession[]> {
  return Session.find({ user: userId, ...notOver() }, LISTED)
    .sort({ lastUsedAt: -1 })
    .lean<ListedSession[]>();
}

/**
 * Ends one session of a person, with its access tokens.
 * @throws ApiError 404 SESSION_NOT_FOUND for one that is over or somebody else's
 */
export async function revokeSession(
  userId: Types.ObjectId,
  sessionId: Types.ObjectId,
): Promise<void> {
  const { deletedCount } = await Session.deleteOne({
    _id: sessionId,
    user: userId,
    ...notOver(),
  });
  if (deletedCount === 0) {
    throw ApiError.notFound('This session is over, or is not yours', { code: 'SESSION_NOT_FOUND' });
  }
}

/**
 * Ends every session of a person but one.
 * @returns how many
 */
export async function revokeOtherSessions(
  userId: Types.ObjectId,
  kept: Types.ObjectId,
): Promise<number> {
  const { deletedCount } = await Session.deleteMany({ user: userId, _id: { $ne: kept } });
  return deletedCount;
}

/** The condition of a session that is not over; the TTL index may be a minute behind. */
export function notOver() {
  const now = new Date();
  return { expiresAt: { $gt: now }, endsAt: { $gt: now } };
}
