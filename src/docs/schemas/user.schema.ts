import { z } from 'zod';
import { USER_ROLES } from '../../models/user.model';
import { address, count, EXAMPLE_OWNER, EXAMPLE_TIME, id, time } from './common.schema';

/** A person's own account. */
export const account = z
  .strictObject({
    _id: id,
    username: z.string(),
    email: z.email(),
    isEmailVerified: z.boolean(),
    pendingEmail: z.email().optional(),
    fullName: z.string(),
    description: z.string(),
    avatar: address,
    coverImage: address,
    role: z.enum(USER_ROLES),
    historyPaused: z.boolean().optional(),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Account' });

/** Both tokens, which are in cookies too. */
export const tokenPair = z
  .strictObject({ accessToken: z.jwt(), refreshToken: z.jwt() })
  .meta({ id: 'TokenPair' });

export const signIn = z
  .strictObject({ user: account, accessToken: z.jwt(), refreshToken: z.jwt() })
  .meta({ id: 'SignIn' });

/** A channel page; `email` only for its owner. */
export const channel = z
  .strictObject({
    _id: id,
    username: z.string(),
    fullName: z.string(),
    avatar: address,
    coverImage: address,
    description: z.string(),
    subscribersCount: count,
    channelsSubscribedToCount: count,
    videosCount: count,
    isSubscribed: z.boolean(),
    createdAt: time,
    email: z.email().optional(),
  })
  .meta({ id: 'Channel' });

export const EXAMPLE_ACCOUNT = {
  ...EXAMPLE_OWNER,
  email: 'ada@example.com',
  isEmailVerified: false,
  description: '',
  coverImage: 'http://localhost:8000/media/5d/0e/5d0ecafe5d0ecafe5d0ecafe5d0ecafe.jpg',
  role: 'user',
  createdAt: EXAMPLE_TIME,
  updatedAt: EXAMPLE_TIME,
};
