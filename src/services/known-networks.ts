import type { Types } from 'mongoose';
import { Session } from '../models/session.model';
import { User } from '../models/user.model';
import { clientNetwork } from '../utils/client-network';
import { notOver } from './session-list.service';

/** An account by what was given: a username or an e-mail address, perhaps nobody's, or its id. */
export type AccountReference = { name: string } | { userId: Types.ObjectId };

/**
 * Whether somebody is signed in to this account from this network: then it is hardly a stranger who
 * is trying.
 * @param network as `clientNetwork` makes it
 */
export async function isKnownNetwork(account: AccountReference, network: string): Promise<boolean> {
  const user = { $in: await idsOf(account) };
  const sessions = await Session.find({ user, ...notOver() }, { ip: 1 }).lean();
  return sessions.some(({ ip }) => clientNetwork(ip) === network);
}

async function idsOf(account: AccountReference): Promise<Types.ObjectId[]> {
  if ('userId' in account) return [account.userId];
  const { name } = account;
  const users = await User.find({ $or: [{ username: name }, { email: name }] }, { _id: 1 }).lean();
  return users.map(({ _id }) => _id);
}
