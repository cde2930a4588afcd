import { z } from 'zod';
import { objectId } from './common.validator';

/** POST /subscriptions/c/:channelId */
export const channelIdSchema = z.object({ params: z.object({ channelId: objectId }) });
