import type { RequestHandler } from 'express';
import { ApiError } from '../utils/api-error';

/** The last stop: no route knows this address. */
export const notFound: RequestHandler = (request) => {
  throw ApiError.notFound(`There is nothing at ${request.method} ${request.path}`, {
    code: 'ROUTE_NOT_FOUND',
  });
};
