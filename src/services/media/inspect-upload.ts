import { ApiError } from '../../utils/api-error';
import { displayName } from './display-name';
import { allowedTypesText, detectFileTypes, type DetectedType } from './file-type';
import type { MediaFile, MediaKind } from './media-store';
import { isPlainText } from './plain-text';
import type { UploadClaim } from '../uploads/upload-claims';
import { UnreadableMediaError, type ProbeResult } from './media-facts';
import { probeMedia } from './probe';

/** A checked file of a multipart form. It is deleted when the response is closed. */
export interface UploadedFile extends MediaFile {
  fieldName: string;
  /** The client's name for it: for display only, never part of a path. */
  originalName: string;
  /** The resumable upload that it came by; it ends when the file is accepted. */
  upload?: Pick<UploadClaim, 'endWithin' | 'restore'>;
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
  audio: 'a sound file',
  document: 'a document',
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
  const possible = await detectFileTypes(file.path);
  const [type, ...others] = possible.filter(({ kind }) => kinds.includes(kind));
  if (!type) {
    const expected = kinds.map((kind) => `${KIND_NAMES[kind]} (${allowedTypesText(kind)})`);
    const message = `must be ${expected.join(' or ')}, decided by its content`;
    throw fieldError(415, 'UNSUPPORTED_FILE_TYPE', file, message);
  }
  const facts = await readAsFirstPossible(file, type, others);
  return { ...file, originalName: displayName(file.originalName), ...facts };
}

type FileFacts = DetectedType & Pick<MediaFile, 'width' | 'height' | 'durationSeconds'>;

/** @throws ApiError 415 saying why it cannot be the last of what it may be */
async function readAsFirstPossible(
  file: ReceivedFile,
  type: DetectedType,
  others: readonly DetectedType[],
): Promise<FileFacts> {
  try {
    return await readAs(file, type);
  } catch (error) {
    if (!(error instanceof UnreadableMediaError)) throw error;
    const [next, ...rest] = others;
    if (!next) throw fieldError(415, 'UNREADABLE_FILE', file, `cannot be used: ${error.message}`);
    return readAsFirstPossible(file, next, rest);
  }
}

async function readAs(file: ReceivedFile, type: DetectedType): Promise<FileFacts> {
  const { kind } = type;
  if (kind === 'document') {
    if (type.mimeType === 'text/vtt' && !(await isPlainText(file.path))) {
      throw new UnreadableMediaError('The text is not UTF-8');
    }
    return type;
  }
  const { width, height, durationSeconds } = await probeMedia(file.path, kind);
  if (kind === 'audio') return { ...type, durationSeconds };
  if (kind === 'video') return { ...type, width, height, durationSeconds };
  checkPixels(file, { width, height });
  return { ...type, width, height };
}

function checkPixels(
  file: ReceivedFile,
  { width, height }: Pick<ProbeResult, 'width' | 'height'>,
): void {
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
