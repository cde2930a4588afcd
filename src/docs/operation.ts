import type { z } from 'zod';
import type { RateLimitClass } from '../middlewares/rate-limit.middleware';
import type { TagName } from './tags';

/** Who may call an operation; admins may call what moderators may. */
export type Access =
  | 'anybody'
  | 'guest'
  | 'signed in'
  | 'signed in, however old the token'
  | 'refresh token'
  | 'moderator'
  | 'admin'
  | 'signed by Cloudinary'
  | 'operator';

export type OperationMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Method and full path as mounted, e.g. `GET /api/v1/videos/:videoId`. */
export type RouteName = `${OperationMethod} /${string}`;

/** A status and one of its codes, e.g. `404 VIDEO_NOT_FOUND`. */
export type FailureName = `${number} ${string}`;

/** What the description of the API says of one route beyond what its middlewares tell. */
export interface Operation {
  /** The resource, as clients would look for it; groups the page and the Postman collection. */
  tag: TagName;
  /** A short phrase that starts with a verb; the name of the request in Postman. */
  summary: string;
  description?: string;
  access: Access;
  rateLimit: RateLimitClass;
  /**
   * 201, with `Location`, for what makes a thing; 202, with the `Location` of its state, for what goes
   * on; 204 where a protocol asks for no body; or 200.
   */
  statusCode?: 200 | 201 | 202 | 204;
  /**
   * `data` of the success envelope; `array page` is a list with `pagination` beside `data`, and
   * `plain` answers without an envelope.
   */
  answer: z.ZodType;
  shape?: 'envelope' | 'array page' | 'plain';
  /** Media type of a plain answer. */
  contentType?: string;
  /** Headers that a client sends beside those of every call. */
  headers?: Readonly<Record<string, HeaderField>>;
  /** The media type of a body that is the bytes of a file. */
  bodyType?: string;
  /** Statuses below 400 beside the usual one, and when they come. */
  otherAnswers?: Readonly<Record<number, string | OtherAnswer>>;
  /** Statuses and codes beyond those that follow from access, input and limits. */
  failures?: readonly FailureName[];
  /** The same handlers at another address; that one is the one to use. */
  aliasOf?: RouteName;
  example: OperationExample;
  /** What the example gets in a Postman run, where a success needs what only a mail holds. */
  refusedInRun?: FailureName;
  /**
   * Variables that a Postman run fills from this call: a path that starts with `data` (of the
   * answer) or `sent` (the body of the request), e.g. `{ videoId: 'data._id' }`.
   */
  saves?: Readonly<Record<string, string>>;
}

/** A header of a request. */
export interface HeaderField {
  description: string;
  required?: boolean;
  type: 'string' | 'integer';
}

/** One with a body of the same shape as the usual answer. */
export interface OtherAnswer {
  statusCode: 202;
  description: string;
  /** `data` of an example. */
  data: unknown;
}

/** A call that works, and what it answers. Values in braces name variables of the Postman run. */
export interface OperationExample {
  params?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  headers?: Readonly<Record<string, string>>;
  body?: Readonly<Record<string, unknown>>;
  /** The name in `postman/files` of the file that is the body. */
  fileBody?: string;
  /** File fields, with the names that the files have in `postman/files`. */
  files?: Readonly<Record<string, string>>;
  /** `data` of the answer. */
  data: unknown;
}

/** Operations by route; those of a resource stand in the order in which a Postman run calls them. */
export type Operations = Readonly<Record<RouteName, Operation>>;

/**
 * Further addresses of operations.
 * @param aliases the address to use by the other one
 */
export function aliases(
  operations: Operations,
  alternatives: Readonly<Record<RouteName, RouteName>>,
): Operations {
  return Object.fromEntries(
    Object.entries(alternatives).map(([alias, route]) => {
      const operation = operations[route];
      if (!operation) throw new Error(`${alias} is an alias of ${route}, which does not exist`);
      return [alias, { ...operation, aliasOf: route }];
    }),
  );
}
