import type { Request, RequestHandler } from 'express';
import type { Types } from 'mongoose';
import { User, USER_ROLES, type UserRole } from '../models/user.model';
import { ApiError } from '../utils/api-error';
import { asyncHandler } from '../utils/async-handler';
import { invalidToken, missingToken } from '../utils/authentication-errors';
import { viewerOf } from './authenticate.middleware';
import { checkAgainAfterBody } from './late-body';
import { noted } from './route-notes';

/** Somebody who acts by the power of their role, and the request by which they do. */
export interface Moderator {
  _id: Types.ObjectId;
  role: UserRole;
  requestId: string;
}

declare module 'express-serve-static-core' {
  interface Request {
    /** Set by `requireRole`. */
    moderator?: Moderator;
  }
}

/**
 * Lets pass who has this role or a more powerful one; else 403. Put it behind `authenticate`. The
 * role is read with every request, never taken from a token: one that was taken away is gone at once
 * (OWASP Authorization Cheat Sheet, "Validate the permissions on every request").
 */
export function requireRole(least: Exclude<UserRole, 'user'>): RequestHandler {
  return noted(
    asyncHandler(async (request, _response, next) => {
      await readRole(request, least);
      checkAgainAfterBody(request, () => readRole(request, least));
      next();
    }),
    { access: least },
  );
}

/** Sets `request.moderator`. @throws ApiError 403, 401 when the account is gone */
async function readRole(request: Request, least: UserRole): Promise<void> {
  const user = await User.findById(viewerOf(request)).select('role').lean();
  if (!user) throw invalidToken();
  if (!isAtLeast(user.role, least)) {
    throw ApiError.forbidden(`Only ${least === 'admin' ? 'admins' : 'moderators'} may do this`);
  }
  request.moderator = { _id: user._id, role: user.role, requestId: request.id };
}

/** Who is acting, on a route behind `requireRole`. @throws ApiError 401 on any other */
export function moderatorOf(request: Request): Moderator {
  if (!request.moderator) throw missingToken();
  return request.moderator;
}

function isAtLeast(role: UserRole, least: UserRole): boolean {
  return USER_ROLES.indexOf(role) >= USER_ROLES.indexOf(least);
}
