import path from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import type { Request } from 'express';
import type { StorageEngine } from 'multer';
import { ApiError } from '../../utils/api-error';
import { unlinkIfPresent } from '../../utils/unlink-if-present';
import { createRoomWatch } from './disk-room';
import { SpoolFile } from './spool-file';
import { claimTempName } from './temp-files';

export interface TempStorageOptions {
  tempDir: string;
  /** With less room than this left on the disk, what is being received is refused. */
  minFreeBytes: number;
  /** The most bytes a file in this form field may have. */
  maxBytesOf: (fieldName: string) => number;
  /** Told of every file before its first byte is written, so that it can be deleted in any case. */
  onClaim: (request: Request, file: string) => void;
}

/**
 * Receives files for multer. Unlike its own disk storage, with a size limit for each field: a
 * picture sent along with a video must not be as large as the video.
 */
export function createTempStorage(options: TempStorageOptions): StorageEngine {
  const { tempDir, minFreeBytes, maxBytesOf, onClaim } = options;
  const requireRoom = createRoomWatch(tempDir, minFreeBytes);
  const open = new WeakMap<Express.Multer.File, SpoolFile>();
  return {
    _handleFile: (request, file, done) => {
      const filename = claimTempName(tempDir);
      file.path = path.join(tempDir, filename);
      onClaim(request, file.path);
      limitBytes(file.stream, file.fieldname, maxBytesOf(file.fieldname));
      const spool = new SpoolFile(file.path, requireRoom);
      open.set(file, spool);
      pipeline(file.stream, spool, (error) => {
        const answer = {
          destination: tempDir,
          filename,
          path: spool.path,
          size: spool.bytesWritten,
        };
        afterClose(spool, () => (error ? done(error) : done(null, answer)));
      });
    },
    _removeFile: (_request, file, done) => {
      const spool = open.get(file);
      spool?.destroy();
      const remove = (): void => void unlinkIfPresent(file.path).then(() => done(null), done);
      if (spool) afterClose(spool, remove);
      else remove();
    },
  };
}

/** A file that is still being opened would appear again after it was deleted. */
function afterClose(spool: SpoolFile, listener: () => void): void {
  if (spool.closed) listener();
  else spool.once('close', listener);
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
