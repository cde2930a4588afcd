import type { RequestHandler } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { asyncHandler } from '../utils/async-handler';

/** Lets a flush of views that is under way end before anything is read that shows views. */
export function settleViews({ views }: Pick<AppDependencies, 'views'>): RequestHandler {
  return asyncHandler(async (_request, _response, next) => {
    await views.settled();
    next();
  });
}
