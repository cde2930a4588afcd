import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import {
  v2 as cloudinary,
  type UploadApiErrorResponse,
  type UploadApiOptions,
  type UploadApiResponse,
} from 'cloudinary';
import { ProviderFailure } from './cloudinary-error';
import type { MediaFile } from './media-store';

const READ_BYTES = 1024 * 1024;

interface UploadSettings {
  chunkBytes: number;
  signal?: AbortSignal | undefined;
}

/**
 * Sends a file in one request, or in pieces when it is longer than one.
 * @throws ProviderFailure and whatever else the SDK rejects with
 */
export async function uploadToCloudinary(
  file: Pick<MediaFile, 'path' | 'bytes'>,
  options: UploadApiOptions,
  settings: UploadSettings,
): Promise<UploadApiResponse> {
  const result =
    file.bytes > settings.chunkBytes
      ? await uploadInPieces(file.path, options, settings)
      : await cloudinary.uploader.upload(file.path, options);
  return requireResult(result);
}

/**
 * The SDK's `upload_large` leaves read errors of the file unhandled, which would end the process;
 * its chunked stream, which it is made of, lets us own the reading.
 */
function uploadInPieces(
  path: string,
  options: UploadApiOptions,
  { chunkBytes, signal }: UploadSettings,
): Promise<UploadApiResponse | undefined> {
  return new Promise((resolve, reject) => {
    // Large reads: the SDK copies its whole buffer once for every piece it is given.
    const source = createReadStream(path, { highWaterMark: READ_BYTES, signal });
    const onResult = (error?: UploadApiErrorResponse, result?: UploadApiResponse): void => {
      // After a failed chunk the SDK's stream never finishes by itself.
      source.destroy();
      if (error) reject(ProviderFailure.from(error));
      else resolve(result);
    };
    const target = cloudinary.uploader.upload_chunked_stream(
      { ...options, chunk_size: chunkBytes },
      onResult,
    );
    pipeline(source, target, (error) => {
      if (error) reject(error);
    });
  });
}

/** Its types promise a result; in truth the SDK can answer with none, or with what a proxy said. */
function requireResult(result: Partial<UploadApiResponse> | undefined): UploadApiResponse {
  if (typeof result?.secure_url !== 'string' || typeof result.public_id !== 'string') {
    throw new Error('an answer without an address');
  }
  return result as UploadApiResponse;
}
