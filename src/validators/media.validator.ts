import { z } from 'zod';

/** GET /media/:first/:second/:name. A name that no file can have is absent, not malformed. */
export const mediaSchema = z.object({
  params: z.object({ first: z.string(), second: z.string(), name: z.string() }),
});
