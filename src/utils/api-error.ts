import type { Types } from 'mongoose';

/** One fault of one input field, as clients show it beside the field. */
export interface FieldError {
  field: string;
  message: string;
  code: string;
}

/** Whom a refusal concerns, as far as we know: for the audit trail, never a part of the answer. */
export interface ErrorSubject {
  readonly userId?: Types.ObjectId | string;
  readonly sessionId?: Types.ObjectId | string;
}

export interface ApiErrorOptions {
  /** Stable SCREAMING_SNAKE word a program can branch on; every helper has a default. */
  code?: string;
  errors?: readonly FieldError[];
  /** Extra response headers, e.g. `Retry-After` or `Allow`. */
  headers?: Readonly<Record<string, string>>;
  cause?: unknown;
}

/** An error with an HTTP answer: status, stable code, and a sentence that a person may read. */
export class ApiError extends Error {
  readonly code: string;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  #subject: ErrorSubject = {};

  constructor(
    readonly statusCode: number,
    message: string,
    options: ApiErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ApiError';
    this.code = options.code ?? 'ERROR';
    this.errors = options.errors ?? [];
    this.headers = options.headers ?? {};
  }

  get subject(): ErrorSubject {
    return this.#subject;
  }

  /** Notes whom the refusal concerns, so that whoever logs it can say. @returns this error */
  about({ userId, sessionId }: ErrorSubject): this {
    this.#subject = { userId, sessionId };
    return this;
  }

  static badRequest(message: string, options: ApiErrorOptions = {}): ApiError {
    return new ApiError(400, message, { code: 'BAD_REQUEST', ...options });
  }

  /** 400 with one entry in `errors`, so that a form can show the message beside the field. */
  static invalidField(field: string, message: string, code = 'INVALID'): ApiError {
    return new ApiError(400, message, {
      code: 'VALIDATION_FAILED',
      errors: [{ field, message, code }],
    });
  }

  static unauthenticated(message = 'Please sign in', options: ApiErrorOptions = {}): ApiError {
    return new ApiError(401, message, { code: 'UNAUTHENTICATED', ...options });
  }

  static forbidden(message = 'You may not do this', options: ApiErrorOptions = {}): ApiError {
    return new ApiError(403, message, { code: 'FORBIDDEN', ...options });
  }

  static notFound(message = 'Not found', options: ApiErrorOptions = {}): ApiError {
    return new ApiError(404, message, { code: 'NOT_FOUND', ...options });
  }

  static conflict(message: string, options: ApiErrorOptions = {}): ApiError {
    return new ApiError(409, message, { code: 'CONFLICT', ...options });
  }

  static payloadTooLarge(message: string, options: ApiErrorOptions = {}): ApiError {
    return new ApiError(413, message, { code: 'PAYLOAD_TOO_LARGE', ...options });
  }

  static unsupportedMediaType(message: string, options: ApiErrorOptions = {}): ApiError {
    return new ApiError(415, message, { code: 'UNSUPPORTED_MEDIA_TYPE', ...options });
  }

  /** 429; `retryAfterSeconds` is rounded up to whole seconds (RFC 9110, section 10.2.3). */
  static tooManyRequests(
    message: string,
    retryAfterSeconds: number,
    headers: Readonly<Record<string, string>> = {},
  ): ApiError {
    return new ApiError(429, message, {
      code: 'TOO_MANY_REQUESTS',
      headers: { ...headers, 'Retry-After': String(Math.max(1, Math.ceil(retryAfterSeconds))) },
    });
  }

  static internal(message = 'Something went wrong', options: ApiErrorOptions = {}): ApiError {
    return new ApiError(500, message, { code: 'INTERNAL_ERROR', ...options });
  }

  static badGateway(message: string, options: ApiErrorOptions = {}): ApiError {
    return new ApiError(502, message, { code: 'PROVIDER_ERROR', ...options });
  }

  static unavailable(message: string, options: ApiErrorOptions = {}): ApiError {
    return new ApiError(503, message, { code: 'SERVICE_UNAVAILABLE', ...options });
  }

  static insufficientStorage(message: string, options: ApiErrorOptions = {}): ApiError {
    return new ApiError(507, message, { code: 'INSUFFICIENT_STORAGE', ...options });
  }
}
