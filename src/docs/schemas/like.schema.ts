import { z } from 'zod';
import { count } from './common.schema';

/** Whether the caller likes the thing now, and how many people do. */
export const likeState = z
  .strictObject({ isLiked: z.boolean(), likesCount: count })
  .meta({ id: 'LikeState' });
