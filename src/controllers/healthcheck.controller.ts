import type { RequestHandler } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { ApiError } from '../utils/api-error';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';

/** Liveness; asks nobody, so that a database that is away does not get the process restarted. */
export const answerLiveness: RequestHandler = (_request, response) => {
  sendResponse(response, 200, { status: 'ok', uptime: process.uptime() }, 'The server is up');
};

/** Handler of /readyz: 503 NOT_READY as long as database or media store do not answer. */
export function createReadinessController({ checkReadiness }: AppDependencies) {
  return {
    answerReadiness: asyncHandler(async (_request, response) => {
      try {
        await checkReadiness();
      } catch (error) {
        throw ApiError.unavailable('The server is not ready', { code: 'NOT_READY', cause: error });
      }
      sendResponse(response, 200, { status: 'ready' }, 'The server is ready');
    }),
  };
}
