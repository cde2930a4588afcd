import type { Request, RequestHandler, Response } from 'express';
import type { AppDependencies } from '../app-dependencies';
import type { UploadedFile } from '../services/media/inspect-upload';
import { releaseClaimedFile } from '../services/media/temp-files';
import { ApiError } from '../utils/api-error';
import { rightOfWay } from '../utils/right-of-way';
import { multipartError } from '../utils/multipart-error';
import { checkFormFiles, filesRequired, requireFiles, type FormFiles } from './upload/form-files';
import { checkAgain } from './late-body';
import { noted } from './route-notes';
import { createFormParser } from './upload/form-parser';
import { refuseWithoutRoom } from './upload/form-room';
import { overflow, refuseStatedOverflow } from './upload/form-size';
import { referencedFields, takeReferencedFiles } from './upload/referenced-uploads';
import { largestForm, requiredFields, type UploadRules } from './upload/upload-rules';

export type { UploadRules } from './upload/upload-rules';

type UploadDependencies = Pick<AppDependencies, 'config' | 'logger' | 'uploads'>;

const received = new WeakMap<Request, FormFiles>();

/** The checked files of a request that passed `uploadFields`, by form field. */
export function uploadedFiles(request: Request): FormFiles {
  return received.get(request) ?? {};
}

/**
 * A file that the route's rules require.
 * @throws Error when they do not: a programming error
 */
export function requiredFile(request: Request, fieldName: string): UploadedFile {
  const file = uploadedFiles(request)[fieldName];
  if (!file) throw new Error(`No upload rule of this route requires ${fieldName}`);
  return file;
}

/**
 * Takes a multipart form with the named files into `config.tempDir`, checks them by content, and
 * deletes them when the response is closed, however it ends. Text fields are in `request.body`,
 * for `validate` after this. Without a required file, other kinds of body pass through untouched.
 * @throws ApiError (through next) 400 FILE_REQUIRED, UNEXPECTED_FILE and others, 413, 415, 507
 */
export function uploadFields(dependencies: UploadDependencies, rules: UploadRules): RequestHandler {
  const { config } = dependencies;
  const claimed = new WeakMap<Request, string[]>();
  const parseForm = createFormParser(config, rules, (request, file) => {
    claimed.get(request)?.push(file);
  });
  const maxBytes = largestForm(rules, config);

  const take: RequestHandler = (request, response, next) => {
    if (!request.is('multipart/form-data')) {
      takeWithoutForm(request, response).then(() => next(), next);
      return;
    }
    refuseStatedOverflow(request, maxBytes);
    refuseWithoutRoom(request, config)
      .then(() => receive(request, response))
      .then(() => rightOfWay.give())
      .then(() => checkFormFiles(request, rules, config))
      .then((checked) => received.set(request, checked))
      .then(() => takeReferenced(request, response))
      .then(() => checkAgain(request))
      .then(() => next(), next);
  };
  /** Other bodies bring no files, but may name some that have come already. */
  const takeWithoutForm = async (request: Request, response: Response): Promise<void> => {
    const named = referencedFields(request.body, rules);
    if (named.length > 0) requireFiles(rules, named);
    else refuseOtherBody(request, rules);
    await takeReferenced(request, response);
  };
  const takeReferenced = async (request: Request, response: Response): Promise<void> => {
    const files = await takeReferencedFiles(request, response, rules, dependencies);
    received.set(request, { ...received.get(request), ...files });
  };
  /** Everything happens at once here: an end of the request in between would be seen by nobody. */
  const receive = (request: Request, response: Response): Promise<void> => {
    const files: string[] = [];
    claimed.set(request, files);
    const parsed = new Promise<void>((resolve, reject) => {
      parseForm(request, response, (error?: unknown) =>
        error === undefined ? resolve() : reject(multipartError(error)),
      );
    });
    deleteWhenOver(response, parsed, files, dependencies);
    return Promise.race([parsed, overflow(request, maxBytes)]);
  };
  return noted(take, { files: rules });
}

/**
 * With a required file, only multipart can be right, or a body that names an upload in its place;
 * otherwise the route may take JSON too.
 * @throws ApiError 400 FILE_REQUIRED, 415
 */
function refuseOtherBody(request: Request, rules: UploadRules): void {
  const required = requiredFields(rules);
  if (required.length === 0) return;
  if (request.headers['content-type'] === undefined) throw filesRequired(required);
  throw ApiError.unsupportedMediaType(
    `Send multipart/form-data, with a file in ${required.join(' and ')}`,
  );
}

/**
 * Both ends must be over before files are deleted: the response, because handlers read them until
 * then, and the parser, because it may still be opening one.
 */
function deleteWhenOver(
  response: Response,
  parsed: Promise<void>,
  files: readonly string[],
  { logger }: UploadDependencies,
): void {
  const deleteAll = async (): Promise<void> => {
    await Promise.all(files.map((file) => releaseClaimedFile(file, logger)));
  };
  response.once('close', () => {
    void parsed.then(deleteAll, deleteAll);
  });
}
