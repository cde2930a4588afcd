import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Request, RequestHandler, Response } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { inputOf } from '../middlewares/validate.middleware';
import { localMediaRoot } from '../services/media/create-media-store';
import { storedTypeOf } from '../services/media/file-type';
import { localFileOf } from '../services/media/local-names';
import { ApiError } from '../utils/api-error';
import { asyncHandler } from '../utils/async-handler';
import { mediaSchema } from '../validators/media.validator';

const ONE_YEAR_MILLISECONDS = 365 * 24 * 60 * 60 * 1000;

/** Headers of every file we send; see the OWASP File Upload Cheat Sheet on serving uploads. */
const FILE_HEADERS = {
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

/** Handler of the local store's files. */
export function createMediaController({ config }: Pick<AppDependencies, 'config'>): {
  sendMedia: RequestHandler;
} {
  const root = localMediaRoot(config);

  /** GET, HEAD: ranges, conditions and errors as in RFC 9110 (sections 13, 14), through `send`. */
  const sendMedia: RequestHandler = asyncHandler(async (request, response, next) => {
    const publicId = publicIdOf(request);
    const type = storedTypeOf(path.extname(publicId).slice(1));
    const file = localFileOf(root, publicId);
    if (!file || !type) throw ApiError.notFound('No such file');
    await tidyRange(request, file);
    // A name is given once and its content never changes: the name itself is a strong validator.
    response.setHeader('ETag', `"${path.parse(publicId).name}"`);
    response.type(type.mimeType);
    response.sendFile(
      publicId,
      {
        root,
        immutable: true,
        maxAge: ONE_YEAR_MILLISECONDS,
        headers: type.kind === 'document' ? DOCUMENT_HEADERS : FILE_HEADERS,
      },
      (error: unknown) => {
        // Also called, with an error, when the client has gone away in the middle.
        if (!error || response.headersSent) return;
        dropFileHeaders(response);
        next(error);
      },
    );
  });
  return { sendMedia };
}

function publicIdOf(request: Request): string {
  const { first, second, name } = inputOf(mediaSchema, request).params;
  return `${first}/${second}/${name}`;
}

/** Mends what `send` and its range parser read otherwise than RFC 9110 says. */
async function tidyRange({ method, headers }: Request, file: string): Promise<void> {
  // Section 14.2: ranges are for GET alone. Section 13.1.5: a weak tag never matches If-Range.
  if (method === 'HEAD' || headers['if-range']?.toString().startsWith('W/')) delete headers.range;
  if (!headers.range || headers.range.search(SUFFIX_RANGES) < 0) return;
  const size = await sizeOf(file);
  // Section 14.1.2: a suffix longer than the file means the whole file.
  headers.range = headers.range.replaceAll(
    SUFFIX_RANGES,
    (_spec, before: string, length: string) => `${before}-${Math.min(Number(length), size)}`,
  );
}

/** 0 for an absent file: that it is absent is for `send` to say. */
async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** The error answer is not the file: it has another type and must not be cached for a year. */
function dropFileHeaders(response: Response): void {
  for (const name of [
    'ETag',
    'Content-Type',
    'Content-Disposition',
    'Cache-Control',
    'Last-Modified',
  ]) {
    response.removeHeader(name);
  }
}
