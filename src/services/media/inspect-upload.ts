import { ApiError } from '../../utils/api-error';
import { allowedTypesText, detectFileType } from './file-type';
import type { MediaFile, MediaKind } from './media-store';
import { probeMedia, UnreadableMediaError, type ProbeResult } from './probe';

/** A checked file of a multipart form. It is deleted when the response is closed. */
export interface UploadedFile extends MediaFile {
  fieldName: string;
  /** The client's name for it: for display only, never part of a path. */
  originalName: string;
}

export interface ReceivedFile {
  fieldName: string;
  originalName: string;
  path: string;
  bytes: number;
}

/** OWASP, pixel flood: a few bytes can promise a picture that no memory can hold once decoded. */
const MAX_IMAGE_SIDE_PIXELS = 16_384;
const MAX_IMAGE_PIXELS = 50_000_000;

const KIND_NAMES: Readonly<Record<MediaKind, string>> = {
  image: 'a picture',
  video: 'a video',
};

/**
 * Decides by content what a received file is and whether it can be shown or played.
 * Rule: OWASP File Upload Cheat Sheet, "validate the file type, don't trust the Content-Type".
 * @throws ApiError 400 for an empty file or too many pixels, 415 for a wrong or unreadable type
 */
export async function inspectUpload(
  file: ReceivedFile,
  kinds: readonly MediaKind[],
): Promise<UploadedFile> {
  if (file.bytes === 0) throw fieldError(400, 'FILE_EMPTY', file, 'is empty');
  const type = await detectFileType(file.path);
  if (!type || !kinds.includes(type.kind)) {
    const expected = kinds.map((kind) => `${KIND_NAMES[kind]} (${allowedTypesText(kind)})`);
    const message = `must be ${expected.join(' or ')}, decided by its content`;
    throw fieldError(415, 'UNSUPPORTED_FILE_TYPE', file, message);
  }
  const { kind } = type;
  const probe = await readHeaders(file, kind);
  if (kind === 'image') checkPixels(file, probe);
  return {
    ...file,
    kind,
    mimeType: type.mimeType,
    extension: type.extension,
    width: probe.width,
    height: probe.height,
    durationSeconds: kind === 'video' ? probe.durationSeconds : undefined,
  };
}

async function readHeaders(file: ReceivedFile, kind: MediaKind): Promise<ProbeResult> {
  try {
    return await probeMedia(file.path, kind);
  } catch (error) {
    if (!(error instanceof UnreadableMediaError)) throw error;
    throw fieldError(415, 'UNREADABLE_FILE', file, `cannot be used: ${error.message}`);
  }
}

function checkPixels(file: ReceivedFile, { width, height }: ProbeResult): void {
  if (Math.max(width, height) <= MAX_IMAGE_SIDE_PIXELS && width * height <= MAX_IMAGE_PIXELS) {
    return;
  }
  const limits = `${MAX_IMAGE_SIDE_PIXELS} pixels on a side and ${MAX_IMAGE_PIXELS} in all`;
  throw fieldError(400, 'TOO_MANY_PIXELS', file, `may have at most ${limits}`);
}

function fieldError(status: number, code: string, file: ReceivedFile, rule: string): ApiError {
  const message = `The file in ${file.fieldName} ${rule}`;
  return new ApiError(status, message, {
    code,
    errors: [{ field: file.fieldName, message, code }],
  });
}
