import { Metadata } from '@tus/server';
import type { IncomingHttpHeaders } from 'node:http';
import { displayName } from '../media/display-name';
import { MEDIA_KINDS, type MediaKind } from '../media/media-store';
import { ApiError } from '../../utils/api-error';
import { CHUNK_TYPE, TUS_EXTENSIONS, TUS_VERSION } from './tus-protocol';
import type { UploadAnnouncement } from './upload.service';

/** Room for a name of 255 letters in any script, and for what clients say beside it. */
const MAX_METADATA_LENGTH = 4096;
const WHOLE_NUMBER = /^(0|[1-9]\d{0,15})$/;

/** What a client says that it would need of us, and we do not offer. */
const UNSUPPORTED_HEADERS = ['upload-defer-length', 'upload-concat', 'upload-checksum'] as const;

/** @throws ApiError 412 TUS_VERSION_REQUIRED: the client does not speak our version, or not tus */
export function requireTusVersion(headers: IncomingHttpHeaders): void {
  if (headers['tus-resumable'] === TUS_VERSION) return;
  throw new ApiError(412, `Send Tus-Resumable: ${TUS_VERSION}`, {
    code: 'TUS_VERSION_REQUIRED',
    headers: { 'Tus-Version': TUS_VERSION },
  });
}

/**
 * What the headers of a creation say of the file.
 * @throws ApiError 400 VALIDATION_FAILED naming the header
 */
export function readAnnouncement(headers: IncomingHttpHeaders): UploadAnnouncement {
  refuseUnsupported(headers);
  const bytes = wholeNumber('Upload-Length', headers['upload-length']);
  const metadata = textOf(headers['upload-metadata']);
  const facts = readMetadata(metadata);
  const originalName = displayName(facts.filename ?? facts.name ?? '');
  return { bytes, metadata, originalName, kind: kindOf(facts.filetype ?? facts.type ?? '') };
}

/**
 * Checks the headers of a request that brings bytes.
 * @throws ApiError 400 VALIDATION_FAILED naming the header, 415 UNSUPPORTED_MEDIA_TYPE
 */
export function requireChunk(headers: IncomingHttpHeaders): void {
  refuseUnsupported(headers);
  wholeNumber('Upload-Offset', headers['upload-offset']);
  if (headers['content-type'] !== CHUNK_TYPE) {
    throw ApiError.unsupportedMediaType(`Send the bytes as ${CHUNK_TYPE}`);
  }
}

function refuseUnsupported(headers: IncomingHttpHeaders): void {
  const name = UNSUPPORTED_HEADERS.find((header) => headers[header] !== undefined);
  if (name === undefined) return;
  const offered = TUS_EXTENSIONS.join(', ');
  throw ApiError.invalidField(asWritten(name), `${asWritten(name)} is not among ${offered}`);
}

/** `upload-concat` as the protocol writes it. */
function asWritten(name: string): string {
  return name.replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}

function wholeNumber(name: string, header: string | string[] | undefined): number {
  if (header === undefined) throw ApiError.invalidField(name, `${name} is required`, 'REQUIRED');
  const text = textOf(header);
  if (WHOLE_NUMBER.test(text) && Number.isSafeInteger(Number(text))) return Number(text);
  throw ApiError.invalidField(name, `${name} must be a whole number of bytes`);
}

function readMetadata(text: string): Record<string, string | null> {
  if (text === '') return {};
  const name = 'Upload-Metadata';
  if (text.length > MAX_METADATA_LENGTH) {
    const message = `${name} may have at most ${MAX_METADATA_LENGTH} characters`;
    throw ApiError.invalidField(name, message, 'TOO_BIG');
  }
  try {
    return Metadata.parse(text);
  } catch (error) {
    // The package's only complaint here.
    if (!(error instanceof Error && error.message.startsWith('Metadata string'))) throw error;
    throw ApiError.invalidField(name, `${name} must be pairs of a key and a value in Base64`);
  }
}

/** `video/mp4` is a video; whatever says nothing may be as large as one. */
function kindOf(mimeType: string): MediaKind {
  const [type = ''] = mimeType.toLowerCase().split('/', 1);
  const kind = MEDIA_KINDS.find((name) => name === type);
  if (kind) return kind;
  return type === 'application' || type === 'text' ? 'document' : 'video';
}

/** Node joins what comes more than once; only a few names are kept apart. */
function textOf(header: string | string[] | undefined): string {
  return typeof header === 'string' ? header : (header ?? []).join(',');
}
