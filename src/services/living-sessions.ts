import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { Types } from 'mongoose';
import { driverCollection } from '../db/driver-collection';
import { Session } from '../models/session.model';
import { notOver } from './session-list.service';

/** One read that is about to begin. */
interface Round {
  readonly sessionIds: Set<string>;
  /** The owner of each session that lives. */
  readonly owners: Promise<ReadonlyMap<string, string>>;
}

let nextRound: Round | undefined;

/**
 * Whose session it is, if it lives. Requests that arrive in the same turn of the event loop ask with
 * one read, as every request of a signed-in person begins with this question. The read begins after
 * the last of them has asked, so that nobody hears of a session that had ended before they asked.
 * @param sessionId 24 hex digits
 * @returns the user's id; undefined for a session that is over, or never was
 */
export async function ownerOfLivingSession(sessionId: string): Promise<string | undefined> {
  nextRound ??= openRound();
  nextRound.sessionIds.add(sessionId);
  return (await nextRound.owners).get(sessionId);
}

function openRound(): Round {
  const sessionIds = new Set<string>();
  const owners = turnOfEventLoop().then(() => {
    nextRound = undefined;
    return readOwners([...sessionIds]);
  });
  return { sessionIds, owners };
}

async function readOwners(sessionIds: string[]): Promise<ReadonlyMap<string, string>> {
  const sessions = await driverCollection(Session)
    .find({ _id: { $in: sessionIds.map((id) => new Types.ObjectId(id)) }, ...notOver() })
    .project<{ _id: Types.ObjectId; user: Types.ObjectId }>({ user: 1 })
    .toArray();
  return new Map(sessions.map(({ _id, user }) => [_id.toHexString(), user.toHexString()]));
}
