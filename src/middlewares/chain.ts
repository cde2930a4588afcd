import type { NextFunction, RequestHandler } from 'express';

/**
 * One middleware out of several that follow each other: Express would compare the address with the
 * path of each of them anew. Stops at the first error, which goes to whoever follows.
 */
export function chain(handlers: readonly RequestHandler[]): RequestHandler {
  return (request, response, leave) => {
    let index = 0;
    const next = ((error?: unknown) => {
      const handler = error ? undefined : handlers[index];
      index += 1;
      if (!handler) {
        leave(error);
        return;
      }
      try {
        // Whoever is asynchronous hands its rejection on by itself: see `asyncHandler`.
        void handler(request, response, next);
      } catch (thrown) {
        leave(thrown);
      }
    }) as NextFunction;
    next();
  };
}

/**
 * A middleware for what lies under one path alone. The address stays whole, unlike behind
 * `app.use(path, …)`.
 */
export function under(path: string, handler: RequestHandler): RequestHandler {
  return (request, response, next) => {
    if (isUnder(path, request.path)) void handler(request, response, next);
    else next();
  };
}

/** As Express compares paths: whole segments, in upper or lower case. @param path in lower case */
export function isUnder(path: string, address: string): boolean {
  return (
    (address.length === path.length || address[path.length] === '/') &&
    address.slice(0, path.length).toLowerCase() === path
  );
}
