import { z } from 'zod';
import { seconds, time } from './common.schema';

/** How far a video was watched, and when. */
export const watchState = z
  .strictObject({ progress: seconds, watchedAt: time, completed: z.boolean() })
  .meta({ id: 'WatchState' });

export const historyPause = z.strictObject({ paused: z.boolean() }).meta({ id: 'HistoryPause' });
