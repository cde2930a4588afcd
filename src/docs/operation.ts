import type { z } from 'zod';
import type { RateLimitClass } from '../middlewares/rate-limit.middleware';

/** Who may call an operation. */
export type Access =
  'anybody' | 'guest' | 'signed in' | 'signed in, however old the token' | 'refresh token';

export type OperationMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What the description of the API says of one route beyond what its middlewares tell. */
export interface Operation {
  /** The resource, as clients would look for it; groups the page and the Postman collection. */
  tag: string;
  /** A short phrase that starts with a verb; the name of the request in Postman. */
  summary: string;
  description?: string;
  access: Access;
  rateLimit: RateLimitClass;
  /** 201 for what makes a thing; 200 otherwise. */
  statusCode?: 200 | 201;
  /**
   * `data` of the success envelope; `array page` is a list with `pagination` beside `data`, and
   * `plain` answers without an envelope.
   */
  answer: z.ZodType;
  shape?: 'envelope' | 'array page' | 'plain';
  /** Media type of a plain answer. */
  contentType?: string;
  /** Statuses and codes beyond those that follow from access, input and limits. */
  failures?: readonly `${number} ${string}`[];
  example: OperationExample;
}

/** A call that works, and what it answers. Values in braces name variables of the Postman run. */
export interface OperationExample {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  body?: Readonly<Record<string, unknown>>;
  /** File fields, with the names that the files have in `postman/files`. */
  files?: Readonly<Record<string, string>>;
  /** `data` of the answer. */
  data: unknown;
}

/** Operations by method and full path, e.g. `GET /api/v1/videos/:videoId`. */
export type Operations = Readonly<Record<`${OperationMethod} /${string}`, Operation>>;
