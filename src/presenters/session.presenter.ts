import type { Types } from 'mongoose';
import type { ListedSession } from '../services/session-list.service';

/** A session as its owner sees it, named field by field: no hash of any token. */
export function presentSession(session: ListedSession, current: Types.ObjectId) {
  const { _id, ip, userAgent, createdAt, lastUsedAt, expiresAt, endsAt } = session;
  return {
    _id: _id.toString(),
    ip,
    userAgent,
    createdAt,
    lastUsedAt,
    // Of idleness or for good, whichever comes first.
    expiresAt: expiresAt < endsAt ? expiresAt : endsAt,
    isCurrent: _id.equals(current),
  };
}
