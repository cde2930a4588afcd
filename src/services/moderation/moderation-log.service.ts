import type { ClientSession, Types } from 'mongoose';
import type { Moderator } from '../../middlewares/require-role.middleware';
import { ModerationLog, type ModerationLogFields } from '../../models/moderation-log.model';
import { joinPersonAs, type OwnerFields } from '../../models/video.pipeline';
import { pageOfArray, type ArrayList, type ArrayPage, type PageQuery } from '../paging/array-page';
import { NEWEST_FIRST } from '../paging/keyset-order';

type Act = Omit<ModerationLogFields, '_id' | 'moderator' | 'requestId' | 'createdAt' | 'reason'> & {
  reason?: string | undefined;
};

/** A row of the log with who acted; that person is absent when the account is gone. */
export type ShownLogEntry = Omit<ModerationLogFields, 'moderator'> & { moderator?: OwnerFields };

/**
 * Notes an act. Call it in the transaction of the act: what is not noted has not happened.
 * @param moderator absent for what was done at the server's own console
 */
export async function noteAct(
  moderator: Moderator | undefined,
  act: Act,
  session: ClientSession | undefined,
): Promise<void> {
  const by = moderator && { moderator: moderator._id, requestId: moderator.requestId };
  await ModerationLog.create([{ ...act, ...by }], { session });
}

/** What moderators did, newest first. @param target one thing or person alone */
export async function listActs(
  target: Types.ObjectId | undefined,
  query: PageQuery,
): Promise<ArrayPage<ShownLogEntry>> {
  return pageOfArray<ShownLogEntry>(ModerationLog, actList(target), query);
}

export function actList(target: Types.ObjectId | undefined): ArrayList {
  return {
    filter: target ? { target } : {},
    order: NEWEST_FIRST,
    joins: joinPersonAs('moderator'),
  };
}
