import type { RequestHandler } from 'express';
import type { AppDependencies } from '../app-dependencies';

/** Lets a flush of views that is under way end before anything is read that shows views. */
export function settleViews({ views }: Pick<AppDependencies, 'views'>): RequestHandler {
  return (_request, _response, next) => {
    const settled = views.settled();
    if (settled) settled.then(() => next(), next);
    else next();
  };
}
