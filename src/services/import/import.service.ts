import type { mongo } from 'mongoose';
import { reconcileCounters } from '../reconcile/reconcile.service';
import type { MediaOptions } from './course-media';
import { peopleStep } from './course-people';
import { HISTORY_STEP, LIKES_STEP, SUBSCRIPTIONS_STEP } from './course-relations';
import { COMMENTS_STEP, PLAYLISTS_STEP, TWEETS_STEP, videosStep } from './course-things';
import { leftOutOf, type StepReport } from './import-report';
import { runStep } from './import-step';

export interface ImportSummary {
  /** Documents that were not taken over. */
  leftOut: number;
  /** Counters that were recounted to something else. */
  counted: number;
}

/**
 * Takes over the database of a course backend into the one that Mongoose is connected to. Ids and
 * password hashes stay the same. What is there already is not touched, so a run that was cut short is
 * simply run again.
 * @param source is only read
 * @param onStep told of each kind of document when it is done
 */
export async function importCourseDatabase(
  source: mongo.Db,
  media: MediaOptions,
  onStep: (report: StepReport) => void,
): Promise<ImportSummary> {
  let leftOut = 0;
  const done = (report: StepReport): void => {
    leftOut += leftOutOf(report);
    onStep(report);
  };
  // In this order: each is taken over only if what it belongs to is there.
  done(await runStep(source, peopleStep(media)));
  done(await runStep(source, videosStep(media)));
  done(await runStep(source, TWEETS_STEP));
  done(await runStep(source, COMMENTS_STEP));
  done(await runStep(source, PLAYLISTS_STEP));
  done(await runStep(source, SUBSCRIPTIONS_STEP));
  done(await runStep(source, LIKES_STEP));
  done(await runStep(source, HISTORY_STEP));
  const { drifted } = await reconcileCounters({ fix: true }, () => undefined);
  return { leftOut, counted: drifted };
}
