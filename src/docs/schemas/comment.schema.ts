import { z } from 'zod';
import { count, EXAMPLE_ID, EXAMPLE_OWNER, EXAMPLE_TIME, id, owner, time } from './common.schema';

export const comment = z
  .strictObject({
    _id: id,
    content: z.string(),
    video: id,
    parent: id.nullable(),
    owner: owner.nullable(),
    likesCount: count,
    isLiked: z.boolean(),
    repliesCount: count,
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Comment' });

export const EXAMPLE_COMMENT = {
  _id: '6650f2d3a4b5c6d7e8f90211',
  content: 'The cards explain it better than any book.',
  video: EXAMPLE_ID,
  parent: null,
  owner: EXAMPLE_OWNER,
  likesCount: 3,
  isLiked: false,
  repliesCount: 1,
  createdAt: EXAMPLE_TIME,
  updatedAt: EXAMPLE_TIME,
};
