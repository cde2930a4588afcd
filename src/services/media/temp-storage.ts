import path from 'node:path';
import { pipeline, Transform, type TransformCallback } from 'node:stream';
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
      const limiter = new ByteLimit(file.fieldname, maxBytesOf(file.fieldname));
      // A failure reaches multer through the limiter, which diskStorage reads from here on.
      pipeline(file.stream, limiter, () => undefined);
      Object.defineProperty(file, 'stream', {
        configurable: true,
        enumerable: false,
        value: limiter,
      });
      disk._handleFile(request, file, done);
    },
    _removeFile: (request, file, done) => disk._removeFile(request, file, done),
  };
}

class ByteLimit extends Transform {
  private remaining: number;

  constructor(
    private readonly fieldName: string,
    private readonly maxBytes: number,
  ) {
    super();
    this.remaining = maxBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.remaining -= chunk.length;
    if (this.remaining < 0) done(fileTooLarge(this.fieldName, this.maxBytes));
    else done(null, chunk);
  }
}

/** 413 naming the field and the limit. */
export function fileTooLarge(fieldName: string, maxBytes: number): ApiError {
  const message = `The file in ${fieldName} may have at most ${maxBytes} bytes`;
  return ApiError.payloadTooLarge(message, {
    code: 'FILE_TOO_LARGE',
    errors: [{ field: fieldName, message, code: 'FILE_TOO_LARGE' }],
  });
}
