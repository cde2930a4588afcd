import { z } from 'zod';
import { QUERY_MAX_LENGTH } from '../constants';

/** GET /search/suggestions; nothing typed yet suggests nothing. */
export const suggestionsSchema = z.object({
  query: z.object({ query: z.string().trim().max(QUERY_MAX_LENGTH).default('') }),
});
