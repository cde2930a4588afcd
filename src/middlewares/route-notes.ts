import type { RequestHandler } from 'express';
import type { UploadRules } from './upload/upload-rules';
import type { RateLimitClass } from './rate-limit.middleware';
import type { RequestSchema } from './validate.middleware';

/** What the middlewares of a route ask of a request. */
export interface RouteNotes {
  access:
    | 'guest'
    | 'signed in'
    | 'signed in, however old the token'
    | 'moderator'
    | 'admin'
    | 'signed by Cloudinary'
    | 'operator';
  rateLimit: RateLimitClass;
  schema: RequestSchema;
  /** Takes its fields as a multipart form too. */
  form: true;
  files: UploadRules;
  /** Lets only so many uploads of one caller come in at once. */
  uploadSlot: true;
}

// Beside the functions, not on them: a middleware stays a plain function.
const notes = new WeakMap<object, Partial<RouteNotes>>();

/**
 * Remembers what a middleware asks for, so that the API's description is read off the routes
 * themselves and cannot say anything else.
 * @returns the same middleware
 */
export function noted(middleware: RequestHandler, note: Partial<RouteNotes>): RequestHandler {
  notes.set(middleware, note);
  return middleware;
}

/** What a stack of middlewares asks for together. */
export function notesOf(stack: readonly object[]): Partial<RouteNotes> {
  return stack.reduce<Partial<RouteNotes>>(
    (together, middleware) => ({ ...together, ...notes.get(middleware) }),
    {},
  );
}
