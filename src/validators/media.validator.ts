import { z } from 'zod';

/** GET /media/:first/:second/:name. A name that no file can have is absent, not malformed. */
export const mediaSchema = z.object({
  params: z.object({ first: z.string(), second: z.string(), name: z.string() }),
});

/** GET /media/:first/:second/:asset/:name. The same holds for a piece of a video. */
export const mediaPieceSchema = z.object({
  params: z.object({
    first: z.string(),
    second: z.string(),
    asset: z.string(),
    name: z.string(),
  }),
});
