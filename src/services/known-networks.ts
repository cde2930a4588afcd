import { Types } from 'mongoose';
import { Session } from '../models/session.model';
import { User } from '../models/user.model';
import { clientNetwork } from '../utils/client-network';
import { notOver } from './session-list.service';

/**
 * Whether somebody is signed in from this network to the account of this name: then it is hardly a
 * stranger who is trying.
 * @param name a username, an e-mail address or an id; nobody's answers false
 * @param network as `clientNetwork` makes it
 */
export async function isKnownNetwork(name: string, network: string): Promise<boolean> {
  const users = await User.find({ $or: accountFilters(name) }, { _id: 1 }).lean();
  const user = { $in: users.map(({ _id }) => _id) };
  const sessions = await Session.find({ user, ...notOver() }, { ip: 1 }).lean();
  return sessions.some(({ ip }) => clientNetwork(ip) === network);
}

/** A username may look like an id. */
function accountFilters(name: string) {
  return [
    { username: name },
    { email: name },
    ...(Types.ObjectId.isValid(name) ? [{ _id: new Types.ObjectId(name) }] : []),
  ];
}
