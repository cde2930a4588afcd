import type { ClientSession, Types } from 'mongoose';
import { runInTransaction } from '../db/run-in-transaction';
import type { Moderator } from '../middlewares/require-role.middleware';
import { User, type UserFields, type UserRole } from '../models/user.model';
import { ApiError } from '../utils/api-error';
import { channelNotFound } from './channel.service';
import { noteAct } from './moderation/moderation-log.service';
import { pageOfArray, type ArrayList, type ArrayPage, type PageQuery } from './paging/array-page';
import type { KeysetOrder } from './paging/keyset-order';

const BY_USERNAME: KeysetOrder = { field: 'username', kind: 'string', direction: 1 };
/** Sorts behind everything that a username may hold. */
const LAST_CHARACTER = '\uffff';

export interface AccountFilter {
  /** The beginning of a username, or a whole e-mail address; lower-cased. */
  query?: string | undefined;
  role?: UserRole | undefined;
}

/** Accounts by username. */
export async function listAccounts(
  filter: AccountFilter,
  page: PageQuery,
): Promise<ArrayPage<UserFields>> {
  return pageOfArray<UserFields>(User, accountList(filter), page);
}

export function accountList({ query, role }: AccountFilter): ArrayList {
  return {
    filter: { ...(role && { role }), ...(query && named(query)) },
    order: BY_USERNAME,
    joins: [{ $unset: 'password' }],
  };
}

function named(query: string) {
  if (query.includes('@')) return { email: query };
  return { username: { $gte: query, $lt: `${query}${LAST_CHARACTER}` } };
}

/**
 * Gives somebody another role, from their next request on.
 * @returns the account as it is now
 * @throws ApiError 403 for oneself, so that somebody who can undo it always remains; 404
 * CHANNEL_NOT_FOUND
 */
export async function changeRole(
  admin: Moderator,
  userId: Types.ObjectId,
  role: UserRole,
): Promise<UserFields> {
  if (userId.equals(admin._id)) throw ApiError.forbidden('Nobody changes their own role');
  return runInTransaction(async (session) => {
    // Also written to, so that two admins who demote each other at the same time meet in a write
    // conflict: the second to come is no admin any more, and one remains.
    const { matchedCount } = await User.updateOne(
      { _id: admin._id, role: 'admin' },
      { $inc: { __v: 1 } },
      { session, timestamps: false },
    );
    if (matchedCount === 0) throw ApiError.forbidden('Only admins may do this');
    return setRole(admin, { _id: userId }, role, session);
  });
}

/**
 * The same at the server's own console, where nobody is signed in.
 * @throws Error for the only admin; ApiError 404 CHANNEL_NOT_FOUND
 */
export async function changeRoleFromConsole(username: string, role: UserRole): Promise<UserFields> {
  return runInTransaction(async (session) => {
    const others = { role: 'admin', username: { $ne: username } } as const;
    const isAdmin = await User.exists({ username, role: 'admin' }).session(session ?? null);
    if (isAdmin && role !== 'admin' && !(await User.exists(others).session(session ?? null))) {
      throw new Error(`${username} is the only admin; make another one first`);
    }
    return setRole(undefined, { username }, role, session);
  });
}

async function setRole(
  admin: Moderator | undefined,
  filter: { _id: Types.ObjectId } | { username: string },
  role: UserRole,
  session: ClientSession | undefined,
): Promise<UserFields> {
  const before = await User.findOneAndUpdate(
    filter,
    { $set: { role } },
    { session, returnDocument: 'before', timestamps: false, runValidators: true },
  ).lean();
  if (!before) throw channelNotFound();
  if (before.role !== role) {
    await noteAct(
      admin,
      {
        act: 'role-changed',
        targetType: 'user',
        target: before._id,
        fromRole: before.role,
        toRole: role,
      },
      session,
    );
  }
  return { ...before, role };
}
