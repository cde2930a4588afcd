import { ApiError } from './api-error';

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

// busboy, below multer, throws bare errors; this is all that it says about a malformed body.
const PARSER_MESSAGES =
  /^(Multipart: |Malformed |Unexpected end of |Unsupported content type|Request (aborted|closed))/;

/**
 * What a client did wrong in a multipart body, as multer or the parser below it tells it.
 * @returns 413 for what is too large, 400 for what is malformed, undefined for any other error
 */
export function multipartError(error: Record<string, unknown>): ApiError | undefined {
  if (error.name === 'MulterError') return fromMulter(error);
  if (error.name !== 'Error' || !PARSER_MESSAGES.test(String(error.message))) return undefined;
  return ApiError.badRequest('The multipart form is malformed or was cut off', {
    code: 'MALFORMED_MULTIPART',
    cause: error,
  });
}

function fromMulter(error: Record<string, unknown>): ApiError {
  const field = typeof error.field === 'string' ? error.field : '';
  switch (error.code) {
    case 'LIMIT_FILE_SIZE':
      return fieldError(413, 'FILE_TOO_LARGE', field, `The file in ${field} is too large`);
    case 'LIMIT_FIELD_VALUE':
      return fieldError(413, 'PAYLOAD_TOO_LARGE', field, `The value of ${field} is too long`);
    case 'LIMIT_UNEXPECTED_FILE':
      return fieldError(400, 'UNEXPECTED_FILE', field, `No file, or one only, belongs in ${field}`);
    default: {
      const message = MESSAGES[String(error.code)] ?? 'The multipart form is malformed';
      return fieldError(400, 'MALFORMED_MULTIPART', field, message);
    }
  }
}

function fieldError(status: number, code: string, field: string, message: string): ApiError {
  return new ApiError(status, message, { code, errors: [{ field, message, code }] });
}
