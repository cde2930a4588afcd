import type { ClientSession, Collection, Types } from 'mongoose';
import { runInTransaction } from '../../db/run-in-transaction';
import { AccountToken } from '../../models/account-token.model';
import { ChannelTally, talliesOf } from '../../models/channel-tally.model';
import { Comment } from '../../models/comment.model';
import { DayViews } from '../../models/day-views.model';
import { Playlist } from '../../models/playlist.model';
import { Report } from '../../models/report.model';
import { Session } from '../../models/session.model';
import { Tweet } from '../../models/tweet.model';
import { TwoFactor } from '../../models/two-factor.model';
import { UserFile } from '../../models/user-file.model';
import { Upload } from '../../models/upload.model';
import { Video } from '../../models/video.model';
import { ViewMark } from '../../models/view-mark.model';
import { WatchHistory } from '../../models/watch-history.model';
import { deleteCommentWithin } from '../comment.service';
import { takeBackLikes } from '../like.service';
import { endSubscriptions } from '../subscription.service';
import { deleteTweetWithin } from '../tweet.service';
import { deleteUserFileWithin } from '../user-file.service';
import { deleteVideoWithin } from '../video-change.service';
import { inBatches, removeInBatches, type OnProgress, type StepTools } from './step-tools';

/** Rows in one transaction: they are other people's counters too, who must not wait for long. */
const ROWS_PER_TRANSACTION = 100;

/**
 * Deletes all that belonged to an account that is gone. What others can see goes first, each thing
 * as its owner would have deleted it; then what only moves counters; then what was private.
 */
export async function removeAccountRows(account: Types.ObjectId, tools: StepTools): Promise<void> {
  const { removals, onProgress } = tools;
  // Somebody who was signing in just then.
  await removeInBatches(Session.collection, { user: account }, onProgress);
  await removeInBatches(AccountToken.collection, { user: account }, onProgress);
  await removeInBatches(TwoFactor.collection, { user: account }, onProgress);

  await deleteEach(Video.collection, account, tools, async (_id, session) => {
    const deleted = await deleteVideoWithin(removals, { _id, owner: account }, session);
    // Its cancelled jobs are taken up by whoever has their files.
    return deleted?.removal;
  });
  await deleteEach(Tweet.collection, account, tools, (_id, session) =>
    deleteTweetWithin(removals, { _id, owner: account }, session),
  );
  await deleteEach(UserFile.collection, account, tools, (_id, session) =>
    deleteUserFileWithin(removals, { _id, owner: account }, session),
  );
  await deleteEach(Comment.collection, account, tools, (_id, session) =>
    deleteCommentWithin(removals, _id, session),
  );

  await untilNoneAreLeft(onProgress, (limit) => takeBackLikes(account, limit));
  await untilNoneAreLeft(onProgress, (limit) => endSubscriptions('subscriber', account, limit));
  await untilNoneAreLeft(onProgress, (limit) => endSubscriptions('channel', account, limit));

  // Their bytes are swept, at whatever machine they lie.
  await removeInBatches(Upload.collection, { user: account }, onProgress);
  await removeInBatches(Playlist.collection, { owner: account }, onProgress);
  await removeInBatches(WatchHistory.collection, { user: account }, onProgress);
  await removeInBatches(ViewMark.collection, { viewer: account.toString() }, onProgress);
  await removeInBatches(DayViews.collection, { owner: account }, onProgress);
  await ChannelTally.deleteMany(talliesOf(account));
  // What others reported about it, and the moderation log, stay: they know the account by its id.
  await removeInBatches(Report.collection, { reporter: account }, onProgress);
}

/** Deletes things that have rows and files of their own, one after the other. */
async function deleteEach(
  things: Collection,
  owner: Types.ObjectId,
  { removals, onProgress }: StepTools,
  deleteWithin: (
    id: Types.ObjectId,
    session: ClientSession | undefined,
  ) => Promise<Types.ObjectId | undefined>,
): Promise<void> {
  await inBatches(things, { owner }, onProgress, async (ids) => {
    for (const id of ids) {
      const removal = await runInTransaction((session) => deleteWithin(id, session));
      if (removal) await removals.finish(removal, onProgress);
      await onProgress();
    }
  });
}

async function untilNoneAreLeft(
  onProgress: OnProgress,
  removeSome: (limit: number) => Promise<number>,
): Promise<void> {
  while ((await removeSome(ROWS_PER_TRANSACTION)) === ROWS_PER_TRANSACTION) await onProgress();
}
