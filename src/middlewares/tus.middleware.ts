import type { RequestHandler } from 'express';
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

/**
 * Every answer names the version, and pages on other origins may read what the protocol tells. An
 * answer before the end of a body, be it a refusal or for a newer request, is the end of its
 * connection: nobody reads the rest.
 */
export const speakTus: RequestHandler = (request, response, next) => {
  response.once('finish', () => {
    if (!request.complete) lingerThenHangUp(request);
  });
  response.set('Tus-Resumable', TUS_VERSION);
  response.append('Access-Control-Expose-Headers', TUS_RESPONSE_HEADERS.join(','));
  next();
};
