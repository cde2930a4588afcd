import type { RequestHandler } from 'express';
import { ApiError } from '../utils/api-error';

/**
 * Lets only flat, single-valued query strings through: `?a[$ne]=1`, `?$where=…` and `?page=1&page=2`
 * are 400, before anything could read them as an operator or an array.
 */
export const plainQuery: RequestHandler = (request, _response, next) => {
  if (!request.url.includes('?')) {
    next();
    return;
  }
  const { query } = request;
  // Express would parse it anew for everyone who asks.
  Object.defineProperty(request, 'query', { value: query });
  for (const [name, value] of Object.entries(query)) {
    if (/[[\]$]/.test(name)) {
      throw ApiError.invalidField(name, `${name} is not a plain query parameter`, 'NOT_ALLOWED');
    }
    if (Array.isArray(value)) {
      throw ApiError.invalidField(name, `${name} may be given only once`, 'REPEATED');
    }
  }
  next();
};
