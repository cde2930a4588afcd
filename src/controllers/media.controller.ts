import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Request, RequestHandler, Response } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { inputOf } from '../middlewares/validate.middleware';
import { localMediaRoot } from '../services/media/create-media-store';
import { storedTypeOf } from '../services/media/file-type';
import { localFileOf, localPieceOf } from '../services/media/local-names';
import { ApiError } from '../utils/api-error';
import { asyncHandler } from '../utils/async-handler';
import { mediaPieceSchema, mediaSchema } from '../validators/media.validator';

/** Headers of every file we send; see the OWASP File Upload Cheat Sheet on serving uploads. */
const FILE_HEADERS = {
  // For a year. Nobody on the way may recode it: ranges and tags are those of these bytes.
  'Cache-Control': 'public, max-age=31536000, immutable, no-transform',
  // The stored type is the checked one: browsers must not find another by looking inside.
  'X-Content-Type-Options': 'nosniff',
  // A frontend on any origin may show the file.
  'Cross-Origin-Resource-Policy': 'cross-origin',
  // Opened by itself, a file can show itself and do nothing else.
  'Content-Security-Policy':
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'",
} as const;

/** A document may hold script and links: it is for keeping, not for opening as a page of ours. */
const DOCUMENT_HEADERS = {
  ...FILE_HEADERS,
  'Content-Disposition': 'attachment',
  'Content-Security-Policy': "default-src 'none'; sandbox",
} as const;

/** `-500`, the last bytes, in a list of byte ranges. */
const SUFFIX_RANGES = /([=,]\s*)-(\d+)/g;

interface ServedFile {
  /** Relative to the store's folder. */
  publicId: string;
  contentType: string;
  /** The strong validator of its bytes (RFC 9110, section 8.8). */
  tag: string;
  bytes: number;
  headers: Readonly<Record<string, string>>;
}

/** Handlers of the local store's files. */
export function createMediaController({ config }: Pick<AppDependencies, 'config'>): {
  sendMedia: RequestHandler;
  sendPiece: RequestHandler;
} {
  const root = localMediaRoot(config);

  const sendMedia: RequestHandler = asyncHandler(async (request, response, next) => {
    const { first, second, name } = inputOf(mediaSchema, request).params;
    const publicId = `${first}/${second}/${name}`;
    const type = storedTypeOf(path.extname(name).slice(1));
    if (!type || !localFileOf(root, publicId)) throw absent();
    const { bytes } = await factsOf(path.join(root, publicId));
    const headers = type.kind === 'document' ? DOCUMENT_HEADERS : FILE_HEADERS;
    // A name is given once and its content never changes: the name itself is a strong validator.
    const tag = path.parse(name).name;
    const file = { publicId, contentType: type.mimeType, tag, bytes, headers };
    sendFile(root, file, request, response, next);
  });

  const sendPiece: RequestHandler = asyncHandler(async (request, response, next) => {
    const { first, second, asset, name } = inputOf(mediaPieceSchema, request).params;
    const piece = localPieceOf(`${first}/${second}/${asset}`, name);
    if (!piece) throw absent();
    const { bytes, changedAt } = await factsOf(path.join(root, piece.publicId));
    // An attempt that a crash has cut short is repeated, not always to the same bytes.
    const tag = `${asset}-${name}-${changedAt.toString(36)}`;
    sendFile(root, { ...piece, tag, bytes, headers: FILE_HEADERS }, request, response, next);
  });

  return { sendMedia, sendPiece };
}

/** GET, HEAD: ranges, conditions and errors as in RFC 9110 (sections 13, 14), through `send`. */
function sendFile(
  root: string,
  { publicId, contentType, tag, bytes, headers }: ServedFile,
  request: Request,
  response: Response,
  next: (error: unknown) => void,
): void {
  tidyRange(request, bytes);
  response.setHeader('ETag', `"${tag}"`);
  response.type(contentType);
  response.sendFile(publicId, { root, headers }, (error: unknown) => {
    // Also called, with an error, when the client has gone away in the middle.
    if (!error || response.headersSent) return;
    dropFileHeaders(response);
    next(error);
  });
}

/** Mends what `send` and its range parser read otherwise than RFC 9110 says. */
function tidyRange({ method, headers }: Request, size: number): void {
  // Section 14.2: ranges are for GET alone. Section 13.1.5: a weak tag never matches If-Range.
  if (method === 'HEAD' || headers['if-range']?.toString().startsWith('W/')) delete headers.range;
  // Section 14.1.2: a suffix longer than the file means the whole file.
  headers.range = headers.range?.replaceAll(
    SUFFIX_RANGES,
    (_spec, before: string, length: string) => `${before}-${Math.min(Number(length), size)}`,
  );
}

/** @throws ApiError 404 */
async function factsOf(file: string): Promise<{ bytes: number; changedAt: number }> {
  try {
    const { size, mtimeMs } = await stat(file);
    return { bytes: size, changedAt: Math.floor(mtimeMs) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw absent();
    throw error;
  }
}

function absent(): ApiError {
  return ApiError.notFound('No such file');
}

/** The error answer is not the file: it has another type and must not be cached for a year. */
function dropFileHeaders(response: Response): void {
  const names = ['ETag', 'Content-Type', 'Content-Disposition', 'Cache-Control', 'Last-Modified'];
  for (const name of names) response.removeHeader(name);
}
