import { User, type UserFields } from '../models/user.model';

/** An account as it was when somebody proved to be its owner. */
export type ProvenUser = Pick<UserFields, '_id' | 'password' | 'hasTwoFactor' | 'suspendedAt'>;

/**
 * Whether what was proven still holds: comparing a password takes a while, and meanwhile it may
 * have been changed, a second factor asked for, or the account suspended or deleted. All of these
 * end the sessions that they find; call this once the new session is stored, and end it on a no.
 *
 * It writes, because a read would not do: a transaction that is changing the account would neither
 * see the new session nor be seen. Two writes to one document come one after the other, so either
 * the change finds the session, or this finds the change.
 */
export async function stillHolds({
  _id,
  password,
  hasTwoFactor,
  suspendedAt,
}: ProvenUser): Promise<boolean> {
  const { matchedCount } = await User.updateOne(
    {
      _id,
      password,
      hasTwoFactor: hasTwoFactor ? true : { $ne: true },
      suspendedAt: suspendedAt ?? null,
    },
    { $set: { lastSignedInAt: new Date() } },
    { timestamps: false },
  );
  return matchedCount === 1;
}
