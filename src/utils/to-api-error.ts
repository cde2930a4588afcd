import { ApiError, type FieldError } from './api-error';
import { isRecord } from './is-record';

type Mapper = (error: Record<string, unknown>) => ApiError | undefined;

/**
 * Maps anything thrown to an ApiError: libraries keep their own 4xx, what we do not know is a 500
 * that says nothing about our insides. Errors are told apart by name, type and code, as an
 * `instanceof` breaks when two copies of a library are installed.
 */
export function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (isRecord(error)) {
    for (const map of MAPPERS) {
      const mapped = map(error);
      if (mapped) return mapped;
    }
  }
  return ApiError.internal(undefined, { cause: error });
}

const fromMongoose: Mapper = (error) => {
  switch (error.name) {
    case 'ValidationError':
      return validationFailed(error);
    case 'CastError':
      return ApiError.invalidField(String(error.path), `${String(error.path)} is not valid`);
    case 'VersionError':
      return ApiError.conflict('Somebody else changed this at the same time; please try again', {
        code: 'EDIT_CONFLICT',
        cause: error,
      });
    default:
      return undefined;
  }
};

function validationFailed(error: Record<string, unknown>): ApiError | undefined {
  if (!isRecord(error.errors)) return undefined;
  const errors: FieldError[] = Object.entries(error.errors).map(([field, fault]) => ({
    field,
    message: isRecord(fault) ? String(fault.message) : `${field} is not valid`,
    code: 'INVALID',
  }));
  return ApiError.badRequest(errors[0]?.message ?? 'Invalid input', {
    code: 'VALIDATION_FAILED',
    errors,
    cause: error,
  });
}

const DATABASE_AWAY = new Set([
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoServerSelectionError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoPoolClosedError',
  'MongoPoolClearedError',
  'MongoWaitQueueTimeoutError',
  'MongooseServerSelectionError',
]);

const fromDatabase: Mapper = (error) => {
  if (error.code === 11000) return duplicateKey(error);
  // Mongoose says so by message alone when its buffer of commands times out.
  const bufferTimedOut =
    error.name === 'MongooseError' && /buffering timed out/.test(String(error.message));
  if (!DATABASE_AWAY.has(String(error.name)) && !bufferTimedOut) return undefined;
  return ApiError.unavailable('The database does not answer; please try again shortly', {
    code: 'DATABASE_UNAVAILABLE',
    headers: { 'Retry-After': '5' },
    cause: error,
  });
};

function duplicateKey(error: Record<string, unknown>): ApiError {
  const fields = isRecord(error.keyPattern) ? Object.keys(error.keyPattern) : [];
  const named = fields.length > 0 ? fields.join(' and ') : 'This';
  return ApiError.conflict(`${named} already exists`, {
    code: 'ALREADY_EXISTS',
    errors: fields.map((field) => ({
      field,
      message: `${field} already exists`,
      code: 'ALREADY_EXISTS',
    })),
    cause: error,
  });
}

const BODY_FAULTS: Readonly<Record<string, { message: string; code: string }>> = {
  'entity.parse.failed': { message: 'The body is not valid JSON', code: 'MALFORMED_BODY' },
  'entity.too.large': { message: 'The body is too large', code: 'PAYLOAD_TOO_LARGE' },
  'encoding.unsupported': {
    message: 'This content encoding is not supported',
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  'charset.unsupported': {
    message: 'This charset is not supported; use UTF-8',
    code: 'UNSUPPORTED_MEDIA_TYPE',
  },
  'request.aborted': { message: 'The request was aborted', code: 'REQUEST_ABORTED' },
  'request.size.invalid': {
    message: 'The body does not have the length it announced',
    code: 'MALFORMED_BODY',
  },
  'parameters.too.many': { message: 'The body has too many fields', code: 'PAYLOAD_TOO_LARGE' },
};

const fromJsonWebToken: Mapper = (error) => {
  switch (error.name) {
    case 'TokenExpiredError':
      return ApiError.unauthenticated('Your session has expired, please sign in again', {
        code: 'TOKEN_EXPIRED',
        cause: error,
      });
    case 'JsonWebTokenError':
    case 'NotBeforeError':
      return ApiError.unauthenticated('The token is not valid', {
        code: 'TOKEN_INVALID',
        cause: error,
      });
    default:
      return undefined;
  }
};

const fromFileSystem: Mapper = (error) =>
  error.code === 'ENOSPC' || error.code === 'EDQUOT'
    ? ApiError.insufficientStorage('There is no room left to store this', { cause: error })
    : undefined;

/** Cloudinary's SDK rejects with plain objects: `{ message, name?, http_code }`, or `{ error: … }`. */
const fromCloudinary: Mapper = (error) => {
  const fault = isRecord(error.error) ? error.error : error;
  return typeof fault.http_code === 'number'
    ? ApiError.badGateway('The media provider did not accept the request', { cause: error })
    : undefined;
};

const HTTP_CODES: Readonly<Record<number, string>> = {
  404: 'NOT_FOUND',
  412: 'PRECONDITION_FAILED',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  416: 'RANGE_NOT_SATISFIABLE',
};

/** http-errors (body-parser, send, …): their own 4xx is right, their 5xx are our fault. */
const fromHttpError: Mapper = (error) => {
  const status = error.statusCode ?? error.status;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  const known = BODY_FAULTS[String(error.type)];
  return new ApiError(status, known?.message ?? String(error.message), {
    code: known?.code ?? HTTP_CODES[status] ?? 'BAD_REQUEST',
    cause: error,
  });
};

const fromUri: Mapper = (error) =>
  error.name === 'URIError'
    ? ApiError.badRequest('The address is not a valid URI', {
        code: 'MALFORMED_URI',
        cause: error,
      })
    : undefined;

const MAPPERS: readonly Mapper[] = [
  fromMongoose,
  fromDatabase,
  fromJsonWebToken,
  fromFileSystem,
  fromCloudinary,
  fromUri,
  fromHttpError,
];
