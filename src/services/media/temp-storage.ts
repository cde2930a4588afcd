import path from 'node:path';
import type { Readable } from 'node:stream';
import type { Request } from 'express';
import multer, { type StorageEngine } from 'multer';
import { ApiError } from '../../utils/api-error';
import { claimTempName } from './temp-files';

export interface TempStorageOptions {
  tempDir: string;
  /** The most bytes a file in this form field may have. */
  maxBytesOf: (fieldName: string) => number;
  /** Told of every file before its first byte is written, so that it can be deleted in any case. */
  onClaim: (request: Request, file: string) => void;
}

/**
 * multer's disk storage with a size limit for each field: multer itself knows one for all, and a
 * picture sent along with a video must not be as large as the video.
 */
export function createTempStorage(options: TempStorageOptions): StorageEngine {
  const { tempDir, maxBytesOf, onClaim } = options;
  const disk = multer.diskStorage({
    destination: tempDir,
    filename: (request, _file, done) => {
      const name = claimTempName(tempDir);
      onClaim(request, path.join(tempDir, name));
      done(null, name);
    },
  });
  return {
    _handleFile: (request, file, done) => {
      limitBytes(file.stream, file.fieldname, maxBytesOf(file.fieldname));
      disk._handleFile(request, file, done);
    },
    _removeFile: (request, file, done) => disk._removeFile(request, file, done),
  };
}

/** Ends the stream with a 413 once it is too long; a listener costs less than one more stream. */
function limitBytes(stream: Readable, fieldName: string, maxBytes: number): void {
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) stream.destroy(fileTooLarge(fieldName, maxBytes));
  });
}

/** 413 naming the field and the limit. */
export function fileTooLarge(fieldName: string, maxBytes: number): ApiError {
  const message = `The file in ${fieldName} may have at most ${maxBytes} bytes`;
  return ApiError.payloadTooLarge(message, {
    code: 'FILE_TOO_LARGE',
    errors: [{ field: fieldName, message, code: 'FILE_TOO_LARGE' }],
  });
}
