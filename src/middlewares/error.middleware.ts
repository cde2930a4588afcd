import type { ErrorRequestHandler } from 'express';
import { toApiError } from '../utils/to-api-error';

/** The one place where an error becomes an answer. Never tells a client what broke inside. */
export const errorHandler: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const apiError = toApiError(error);
  // pino-http logs `response.err` in the request's line, with its cause; 4xx are no news.
  if (apiError.statusCode >= 500) {
    response.err =
      error instanceof Error ? error : new Error('Rejected with a non-error', { cause: error });
  }
  if (response.headersSent) {
    // Half an answer is out: cutting the connection is the only honest way to say it failed.
    next(error);
    return;
  }
  response.set(apiError.headers).status(apiError.statusCode).json({
    statusCode: apiError.statusCode,
    data: null,
    success: false,
    message: apiError.message,
    errors: apiError.errors,
    code: apiError.code,
    requestId: request.id,
  });
};
