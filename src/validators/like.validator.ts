import { z } from 'zod';
import { pagingQuery } from './common.validator';

/** GET /likes/videos */
export const listLikedVideosSchema = z.object({ query: z.object(pagingQuery) });
