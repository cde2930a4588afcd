import type { ModeratedUser } from '../models/report.pipeline';
import type { UserFields } from '../models/user.model';
import type { ShownLogEntry } from '../services/moderation/moderation-log.service';
import { isSuspended, type SuspensionFields } from '../services/suspension';
import { presentOwner } from './user.presenter';

/** A person as moderators see them: nothing that is private, but role and suspension. */
export function presentModeratedUser(user: ModeratedUser, publicUrl: string) {
  return {
    ...presentOwner(user, publicUrl),
    role: user.role,
    suspension: presentSuspension(user),
  };
}

/** An account as admins see it. */
export function presentAccountForAdmin(user: UserFields, publicUrl: string) {
  return {
    ...presentModeratedUser(user, publicUrl),
    email: user.email,
    createdAt: user.createdAt,
  };
}

/** One act of the moderation log. */
export function presentLogEntry(entry: ShownLogEntry, publicUrl: string) {
  return {
    _id: entry._id.toString(),
    moderator: entry.moderator ? presentOwner(entry.moderator, publicUrl) : null,
    act: entry.act,
    targetType: entry.targetType,
    target: entry.target.toString(),
    reason: entry.reason,
    report: entry.report?.toString() ?? null,
    suspendedUntil: entry.suspendedUntil ?? null,
    fromRole: entry.fromRole ?? null,
    toRole: entry.toRole ?? null,
    requestId: entry.requestId ?? null,
    createdAt: entry.createdAt,
  };
}

function presentSuspension(user: SuspensionFields) {
  if (!isSuspended(user)) return null;
  const { suspendedAt, suspendedUntil, suspensionReason } = user;
  return { at: suspendedAt, until: suspendedUntil ?? null, reason: suspensionReason ?? '' };
}
