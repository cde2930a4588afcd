import { z } from 'zod';
import { MEDIA_KINDS } from '../../services/media/media-store';
import { count, EXAMPLE_TIME, id, seconds, time } from './common.schema';

export const userFile = z
  .strictObject({
    _id: id,
    url: z.url(),
    originalName: z.string(),
    kind: z.enum(MEDIA_KINDS),
    mimeType: z.string(),
    bytes: count,
    width: count.nullable(),
    height: count.nullable(),
    duration: seconds.nullable(),
    createdAt: time,
  })
  .meta({ id: 'UserFile' });

export const EXAMPLE_USER_FILE = {
  _id: '6650f718a4b5c6d7e8f90701',
  url: 'http://localhost:8000/media/7e/11/7e11beef7e11beef7e11beef7e11beef.png',
  originalName: 'picture.png',
  kind: 'image',
  mimeType: 'image/png',
  bytes: 1204,
  width: 64,
  height: 64,
  duration: null,
  createdAt: EXAMPLE_TIME,
};
