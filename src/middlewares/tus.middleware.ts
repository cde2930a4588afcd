import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Config } from '../config';
import {
  TUS_EXTENSIONS,
  TUS_RESPONSE_HEADERS,
  TUS_VERSION,
} from '../services/uploads/tus-protocol';
import { lingerThenHangUp } from './upload/form-size';

/**
 * Answers to OPTIONS say what we offer of tus. A browser asks the same way before it lets a page
 * call us, so this only adds to the answer, and `cors` gives it.
 */
export function offerTus({ maxVideoBytes }: Pick<Config, 'maxVideoBytes'>): RequestHandler {
  return (request, response, next) => {
    if (request.method === 'OPTIONS') {
      response.set({
        'Tus-Resumable': TUS_VERSION,
        'Tus-Version': TUS_VERSION,
        'Tus-Extension': TUS_EXTENSIONS.join(','),
        'Tus-Max-Size': String(maxVideoBytes),
      });
    }
    next();
  };
}

/** Every answer names the version, and pages on other origins may read what the protocol tells. */
export const speakTus: RequestHandler = (_request, response, next) => {
  response.set('Tus-Resumable', TUS_VERSION);
  response.append('Access-Control-Expose-Headers', TUS_RESPONSE_HEADERS.join(','));
  next();
};

/** Before a refusal is answered: a body of which nobody will read the rest must not come for hours. */
export const endRefusedBody: ErrorRequestHandler = (error, request, _response, next) => {
  if (!request.complete) lingerThenHangUp(request);
  next(error);
};
