import { z } from 'zod';
import { MEDIA_KINDS } from '../../services/media/media-store';
import { count, EXAMPLE_TIME, id, time } from './common.schema';

/** A resumable upload. */
export const upload = z
  .strictObject({
    _id: id,
    originalName: z.string(),
    kind: z.enum(MEDIA_KINDS),
    bytes: count,
    offset: count,
    isComplete: z.boolean(),
    createdAt: time,
    expiresAt: time,
  })
  .meta({ id: 'Upload' });

export const EXAMPLE_UPLOAD = {
  _id: '3f1d7a90c2e84b56a1d0f9e2',
  originalName: 'picture.jpg',
  kind: 'image',
  bytes: 1537,
  offset: 0,
  isComplete: false,
  createdAt: EXAMPLE_TIME,
  expiresAt: '2026-03-15T09:26:53.589Z',
};
