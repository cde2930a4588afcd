import type { Request, RequestHandler, Response } from 'express';
import multer from 'multer';
import type { AppDependencies } from '../app-dependencies';
import { MAX_BODY_BYTES } from '../constants';
import { inspectUpload, type UploadedFile } from '../services/media/inspect-upload';
import type { MediaKind } from '../services/media/media-store';
import { releaseTempFile } from '../services/media/temp-files';
import { createTempStorage } from '../services/media/temp-storage';
import { ApiError } from '../utils/api-error';
import { multipartError } from '../utils/multipart-error';

export type { UploadedFile } from '../services/media/inspect-upload';

export interface UploadFieldRule {
  kind: MediaKind;
  required?: boolean;
}

/** The file fields of one route's form; any other file is refused. */
export type UploadRules = Readonly<Record<string, UploadFieldRule>>;

type UploadDependencies = Pick<AppDependencies, 'config' | 'logger'>;

const MAX_TEXT_FIELDS = 50;
/** Text fields, part headers and boundaries, beside the files. */
const FORM_OVERHEAD_BYTES = 1024 * 1024;
/** How long a refused client may go on sending before we hang up; a sudden end loses our answer. */
const LINGER_MILLISECONDS = 5000;
/** What form libraries write for an optional file that the user did not choose. */
const NO_FILE_TEXTS = new Set(['', 'undefined', 'null']);

const received = new WeakMap<Request, Partial<Record<string, UploadedFile>>>();

/** The checked files of a request that passed `uploadFields`, by form field. */
export function uploadedFiles(request: Request): Partial<Record<string, UploadedFile>> {
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
  const claimed = new WeakMap<Request, string[]>();
  const parseForm = createFormParser(dependencies, rules, (request, file) => {
    claimed.get(request)?.push(file);
  });
  const maxFormBytes = largestForm(dependencies, rules);

  return (request, response, next) => {
    if (!request.is('multipart/form-data')) {
      next(refuseOtherBody(request, rules));
      return;
    }
    if (Number(request.headers['content-length'] ?? 0) > maxFormBytes) {
      lingerThenHangUp(request);
      next(ApiError.payloadTooLarge(`The form may have at most ${maxFormBytes} bytes`));
      return;
    }
    const files: string[] = [];
    claimed.set(request, files);
    const parsed = new Promise<void>((resolve, reject) => {
      parseForm(request, response, (error?: unknown) =>
        error === undefined ? resolve() : reject(multipartError(error)),
      );
    });
    deleteWhenOver(response, parsed, files, dependencies);
    Promise.race([parsed, overflow(request, maxFormBytes)])
      .then(() => checkForm(request, rules))
      .then(() => next(), next);
  };
}

function createFormParser(
  { config }: UploadDependencies,
  rules: UploadRules,
  onClaim: (request: Request, file: string) => void,
): RequestHandler {
  const names = Object.keys(rules);
  const maxBytesOf = (name: string): number =>
    rules[name]?.kind === 'video' ? config.maxVideoBytes : config.maxImageBytes;
  return multer({
    storage: createTempStorage({ tempDir: config.tempDir, maxBytesOf, onClaim }),
    // The default reads file names as Latin-1 and garbles all others.
    defParamCharset: 'utf8',
    limits: {
      files: names.length,
      fields: MAX_TEXT_FIELDS,
      parts: names.length + MAX_TEXT_FIELDS,
      fieldNameSize: 100,
      fieldSize: MAX_BODY_BYTES,
      fieldNestingDepth: 1,
      fieldArrayIndexLimit: 100,
      headerPairs: 20,
    },
  }).fields(names.map((name) => ({ name, maxCount: 1 })));
}

/** With a required file, only multipart can be right; otherwise the route may take JSON too. */
function refuseOtherBody(request: Request, rules: UploadRules): ApiError | undefined {
  const required = Object.keys(rules).filter((name) => rules[name]?.required);
  if (required.length === 0) return undefined;
  if (request.headers['content-type'] === undefined) return filesRequired(required);
  return ApiError.unsupportedMediaType(
    `Send multipart/form-data, with a file in ${required.join(' and ')}`,
  );
}

/** Runs after the form has been read: every file is what its field asks for. */
async function checkForm(request: Request, rules: UploadRules): Promise<void> {
  const body = request.body as Record<string, unknown>;
  const parts = request.files as Record<string, Express.Multer.File[]>;
  const missing = Object.keys(rules).filter((name) => !parts[name]?.[0] && rules[name]?.required);
  if (missing.length > 0) throw filesRequired(missing);

  const files: Partial<Record<string, UploadedFile>> = {};
  for (const [fieldName, { kind }] of Object.entries(rules)) {
    dropUnchosenFile(body, fieldName);
    const part = parts[fieldName]?.[0];
    if (!part) continue;
    const { originalname: originalName, path, size: bytes } = part;
    files[fieldName] = await inspectUpload({ fieldName, originalName, path, bytes }, kind);
  }
  received.set(request, files);
}

function dropUnchosenFile(body: Record<string, unknown>, fieldName: string): void {
  const text = body[fieldName];
  if (text === undefined) return;
  if (typeof text !== 'string' || !NO_FILE_TEXTS.has(text)) {
    throw ApiError.invalidField(fieldName, `${fieldName} must be a file`, 'FILE_EXPECTED');
  }
  delete body[fieldName];
}

function filesRequired(names: readonly string[]): ApiError {
  return ApiError.badRequest(`A file is required in ${names.join(' and ')}`, {
    code: 'FILE_REQUIRED',
    errors: names.map((field) => ({
      field,
      message: `A file is required in ${field}`,
      code: 'FILE_REQUIRED',
    })),
  });
}

function largestForm({ config }: UploadDependencies, rules: UploadRules): number {
  return Object.values(rules).reduce(
    (sum, { kind }) => sum + (kind === 'video' ? config.maxVideoBytes : config.maxImageBytes),
    FORM_OVERHEAD_BYTES,
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
    await Promise.all(files.map((file) => releaseTempFile(file, logger)));
  };
  response.once('close', () => {
    void parsed.then(deleteAll, deleteAll);
  });
}

/** Rejects once a form of unstated length is longer than any that could be right. */
function overflow(request: Request, maxBytes: number): Promise<never> {
  return new Promise((_resolve, reject) => {
    let bytes = 0;
    const count = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes <= maxBytes) return;
      request.off('data', count);
      lingerThenHangUp(request);
      reject(ApiError.payloadTooLarge(`The form may have at most ${maxBytes} bytes`));
    };
    request.on('data', count);
  });
}

/** Reads on for a moment so that the client sees our answer instead of a broken connection. */
function lingerThenHangUp(request: Request): void {
  const { socket } = request;
  const hangUp = (): void => {
    request.destroy();
  };
  const timer = setTimeout(hangUp, LINGER_MILLISECONDS);
  // Once we have answered, Node no longer tells an unfinished request that its client is gone.
  socket.once('close', hangUp);
  request.once('close', () => {
    clearTimeout(timer);
    socket.off('close', hangUp);
  });
  request.resume();
}
