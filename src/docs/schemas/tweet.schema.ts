import { z } from 'zod';
import { count, EXAMPLE_OWNER, EXAMPLE_TIME, id, owner, time } from './common.schema';

export const tweet = z
  .strictObject({
    _id: id,
    content: z.string(),
    owner: owner.nullable(),
    likesCount: count,
    isLiked: z.boolean(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Tweet' });

export const EXAMPLE_TWEET = {
  _id: '6650f3e4a4b5c6d7e8f90301',
  content: 'A new video on Friday.',
  owner: EXAMPLE_OWNER,
  likesCount: 5,
  isLiked: false,
  createdAt: EXAMPLE_TIME,
  updatedAt: EXAMPLE_TIME,
};
