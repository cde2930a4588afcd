import { z } from 'zod';
import { objectId } from './common.validator';

/** DELETE /users/sessions/:sessionId */
export const sessionIdSchema = z.object({ params: z.object({ sessionId: objectId }) });
