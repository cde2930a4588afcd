import { z } from 'zod';
import { EXAMPLE_TIME, id, time } from './common.schema';

/** A device that a person is signed in on. */
export const session = z
  .strictObject({
    _id: id,
    ip: z.string(),
    userAgent: z.string(),
    createdAt: time,
    lastUsedAt: time,
    expiresAt: time,
    isCurrent: z.boolean(),
  })
  .meta({ id: 'Session' });

export const EXAMPLE_SESSION = {
  _id: '6650f606a4b5c6d7e8f90501',
  ip: '203.0.113.7',
  userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
  createdAt: EXAMPLE_TIME,
  lastUsedAt: EXAMPLE_TIME,
  expiresAt: '2026-03-24T09:26:53.000Z',
  isCurrent: false,
};
