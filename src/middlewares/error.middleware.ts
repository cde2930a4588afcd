import type { ErrorRequestHandler } from 'express';
import { audit } from '../services/audit.service';
import type { ApiError } from '../utils/api-error';
import { sendJson } from '../utils/send-json';
import { toApiError } from '../utils/to-api-error';

/** The one place where an error becomes an answer. Never tells a client what broke inside. */
export const errorHandler: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const apiError = toApiError(error);
  if (isDenial(apiError)) {
    const { code, subject } = apiError;
    audit(request, 'access-denied', { ...subject, outcome: 'failure', reason: code });
  }
  // The request's log line tells it, with its cause; 4xx are no news.
  if (apiError.statusCode >= 500) {
    response.err =
      error instanceof Error ? error : new Error('Rejected with a non-error', { cause: error });
  }
  if (response.headersSent) {
    // Half an answer is out: cutting the connection is the only honest way to say it failed.
    next(error);
    return;
  }
  // A client that is still sending, and asked for the connection to be closed afterwards, would be
  // broken off in the middle and never read why. It closes by itself once it has the answer.
  if (!request.complete) response.shouldKeepAlive = true;
  response.set(apiError.headers);
  sendJson(response, apiError.statusCode, {
    statusCode: apiError.statusCode,
    data: null,
    success: false,
    message: apiError.message,
    errors: apiError.errors,
    code: apiError.code,
    requestId: request.id,
  });
};

/**
 * Somebody tried what they may not. Not the 401s of daily life: a guest without a token, one that
 * has expired and is about to be refreshed; and a failed login has an event of its own.
 */
function isDenial({ statusCode, code }: ApiError): boolean {
  return statusCode === 403 || code === 'TOKEN_INVALID';
}
