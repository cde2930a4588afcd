import type { Types } from 'mongoose';
import { runInTransaction } from '../../db/run-in-transaction';
import type { Moderator } from '../../middlewares/require-role.middleware';
import { Session } from '../../models/session.model';
import { User, USER_ROLES, type UserFields } from '../../models/user.model';
import { ApiError } from '../../utils/api-error';
import { channelNotFound } from '../channel.service';
import { noteAct } from './moderation-log.service';

/** Why, and until when; without an end until it is lifted. */
export interface Suspension {
  reason: string;
  until?: Date | undefined;
}

/**
 * Suspends an account, or changes the terms of its suspension. Its sessions end at once.
 * @returns the account as it is now
 * @throws ApiError 404 CHANNEL_NOT_FOUND; 403 for oneself and for whoever has the same power
 */
export async function suspendUser(
  moderator: Moderator,
  userId: Types.ObjectId,
  { reason, until }: Suspension,
): Promise<UserFields> {
  return runInTransaction(async (session) => {
    const user = await User.findOneAndUpdate(
      { _id: userId, role: rolesBelow(moderator) },
      {
        $set: {
          suspendedAt: new Date(),
          suspensionReason: reason,
          ...(until && { suspendedUntil: until }),
        },
        ...(until ? {} : { $unset: { suspendedUntil: 1 } }),
      },
      { session, returnDocument: 'after', timestamps: false },
    ).lean();
    if (!user) throw await refusal(userId);
    // After the account: a sign-in that comes between the two meets the write above, see `stillHolds`.
    await Session.deleteMany({ user: userId }, { session });
    await noteAct(
      moderator,
      {
        act: 'user-suspended',
        targetType: 'user',
        target: userId,
        reason,
        ...(until && { suspendedUntil: until }),
      },
      session,
    );
    return user;
  });
}

/**
 * Ends a suspension.
 * @returns the account as it is now
 * @throws ApiError 404 CHANNEL_NOT_FOUND, 403 as for suspending, 409 NOT_SUSPENDED
 */
export async function liftSuspension(
  moderator: Moderator,
  userId: Types.ObjectId,
  reason: string | undefined,
): Promise<UserFields> {
  return runInTransaction(async (session) => {
    const filter = { _id: userId, role: rolesBelow(moderator) };
    const user = await User.findOneAndUpdate(
      { ...filter, suspendedAt: { $ne: null } },
      { $unset: { suspendedAt: 1, suspendedUntil: 1, suspensionReason: 1 } },
      { session, returnDocument: 'after', timestamps: false },
    ).lean();
    if (!user) {
      if (!(await User.exists(filter).session(session ?? null))) throw await refusal(userId);
      throw ApiError.conflict('This account is not suspended', { code: 'NOT_SUSPENDED' });
    }
    const act = { act: 'suspension-lifted', targetType: 'user', target: userId, reason } as const;
    await noteAct(moderator, act, session);
    return user;
  });
}

/** Part of the write itself: whoever is promoted at the same time is not hit. */
function rolesBelow({ role }: Moderator) {
  return { $in: USER_ROLES.slice(0, USER_ROLES.indexOf(role)) };
}

async function refusal(userId: Types.ObjectId): Promise<ApiError> {
  if (!(await User.exists({ _id: userId }))) return channelNotFound();
  return ApiError.forbidden('Only accounts with less power than your own may be suspended by you');
}
