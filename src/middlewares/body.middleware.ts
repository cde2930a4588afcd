import express, { type Request, type RequestHandler } from 'express';
import multer from 'multer';
import { MAX_BODY_BYTES } from '../constants';
import { CHUNK_TYPE, UPLOADS_PATH } from '../services/uploads/tus-protocol';
import { ApiError } from '../utils/api-error';
import { malformedForm, multipartError } from '../utils/multipart-error';
import { MULTIPART_OPTIONS } from '../utils/multipart-options';
import { chain } from './chain';
import { checkAgain } from './late-body';
import { keepSignedBody } from './raw-body';
import { noted } from './route-notes';

const ACCEPTED_TYPES = [
  'application/json',
  'application/*+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
];

/**
 * Reads JSON and form bodies into `request.body`; multipart is left to `formFields` or the upload
 * middleware of the route. A body of any other type is 415, never silently ignored.
 */
export function parseBody(): RequestHandler {
  const parse = chain([
    refuseUnknownContentType,
    express.json({
      limit: MAX_BODY_BYTES,
      type: ['application/json', 'application/*+json'],
      verify: keepSignedBody,
    }),
    // `extended: false`: flat fields only, so `email[$ne]=x` can never become an operator object.
    express.urlencoded({ limit: MAX_BODY_BYTES, extended: false }),
  ]);
  return (request, response, next) => {
    const { headers } = request;
    const announced =
      headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined;
    if (announced) parse(request, response, next);
    else next();
  };
}

const refuseUnknownContentType: RequestHandler = (request, _response, next) => {
  const carriesBody =
    request.headers['transfer-encoding'] !== undefined ||
    Number(request.headers['content-length'] ?? 0) > 0;
  if (carriesBody && !request.is(ACCEPTED_TYPES) && !isChunk(request)) {
    throw ApiError.unsupportedMediaType(
      'Send JSON, application/x-www-form-urlencoded or multipart/form-data',
    );
  }
  next();
};

/** Pieces of a resumable upload, which no parser reads, and nobody else takes. */
function isChunk(request: Request): boolean {
  const { baseUrl, path } = request;
  const isUpload = `${baseUrl}${path}/`.toLowerCase().startsWith(`${UPLOADS_PATH}/`);
  return isUpload && request.is(CHUNK_TYPE) !== false;
}

/** Lets a route without files take its fields as multipart too; a file part is refused. */
export function formFields(): RequestHandler {
  const parseFields = multer(MULTIPART_OPTIONS).none();
  const take: RequestHandler = (request, response, next) => {
    parseFields(request, response, (error?: unknown) => {
      if (error !== undefined) next(multipartError(error));
      // multer passes by a form whose boundary is empty.
      else if (request.body === undefined && request.is('multipart/form-data'))
        next(malformedForm());
      else if (request.is('multipart/form-data')) checkAgain(request).then(() => next(), next);
      else next();
    });
  };
  return noted(take, { form: true });
}
