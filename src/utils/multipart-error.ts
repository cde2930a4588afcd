import { MulterError } from 'multer';
import { ApiError } from './api-error';

/** What the client did wrong, by multer's code; every code not named here is a malformed form. */
const MESSAGES: Readonly<Record<string, string>> = {
  LIMIT_PART_COUNT: 'The form has too many parts',
  LIMIT_FILE_COUNT: 'The form has too many files',
  LIMIT_FIELD_COUNT: 'The form has too many fields',
  LIMIT_FIELD_KEY: 'A field name is too long',
  LIMIT_FIELD_NESTING: 'A field name is nested too deeply',
  LIMIT_FIELD_ARRAY_INDEX: 'A field name has too large an index',
  MISSING_FIELD_NAME: 'A part has no field name',
  INVALID_FIELD_NAME: 'A field name is invalid',
};

/**
 * Turns whatever multer or the form parser below it reports into the answer for the client.
 * @returns an ApiError (400, 413, 507), or the error itself when it is our machine's fault
 */
export function multipartError(error: unknown): Error {
  if (error instanceof ApiError) return error;
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof MulterError) return fromMulter(error);
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return ApiError.insufficientStorage('There is no room for this file right now', {
      cause: error,
    });
  }
  // The form parser's own errors are plain; those of the machine carry a code.
  if (code !== undefined) return error;
  return malformedForm(error);
}

/** 400: what was sent as a form is none. */
export function malformedForm(cause?: unknown): ApiError {
  return ApiError.badRequest('The multipart form is malformed or was cut off', {
    code: 'MALFORMED_MULTIPART',
    cause,
  });
}

function fromMulter(error: MulterError): ApiError {
  const field = error.field ?? '';
  switch (error.code) {
    case 'LIMIT_FILE_SIZE':
      return fieldError(413, 'FILE_TOO_LARGE', field, 'The file is too large');
    case 'LIMIT_FIELD_VALUE':
      return fieldError(413, 'PAYLOAD_TOO_LARGE', field, `The value of ${field} is too long`);
    case 'LIMIT_UNEXPECTED_FILE':
      return fieldError(
        400,
        'UNEXPECTED_FILE',
        field,
        `No file, or no further one, may be sent in ${field}`,
      );
    default: {
      const message = MESSAGES[error.code] ?? 'The multipart form is malformed';
      return fieldError(400, 'MALFORMED_MULTIPART', field, message);
    }
  }
}

function fieldError(status: number, code: string, field: string, message: string): ApiError {
  return new ApiError(status, message, {
    code,
    errors: field === '' ? [] : [{ field, message, code }],
  });
}
