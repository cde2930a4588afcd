import { z } from 'zod';
import { MAX_DAILY_VIEWS_DAYS } from '../constants';
import { pagingQuery, says } from './common.validator';

/** GET /dashboard/videos */
export const ownVideosSchema = z.object({ query: z.object(pagingQuery) });

/** GET /dashboard/views */
export const dailyViewsSchema = z.object({
  query: z.object({
    days: z
      .string()
      .trim()
      .regex(/^\d{1,9}$/, says('must be a whole number'))
      .transform(Number)
      .pipe(z.number().min(1).max(MAX_DAILY_VIEWS_DAYS))
      .default(28)
      .meta({
        wireForm: { type: 'integer', minimum: 1, maximum: MAX_DAILY_VIEWS_DAYS, default: 28 },
      }),
  }),
});
