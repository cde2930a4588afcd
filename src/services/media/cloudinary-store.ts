import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Agent } from 'node:https';
import { pipeline } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  v2 as cloudinary,
  type UploadApiErrorResponse,
  type UploadApiOptions,
  type UploadApiResponse,
} from 'cloudinary';
import type { Logger } from 'pino';
import type { CloudinaryConfig } from '../../config';
import { ProviderFailure } from './cloudinary-error';
import type {
  MediaFile,
  MediaKind,
  MediaStore,
  PlannedAsset,
  StoredAsset,
  StoreOptions,
} from './media-store';

export interface CloudinaryStoreOptions {
  config: CloudinaryConfig;
  logger: Logger;
  /** For hosts whose certificate is not publicly trusted. */
  agent?: Agent;
  /** Videos go up in pieces of this size; Cloudinary takes none below 5 MiB but the last. */
  chunkBytes?: number;
  /** Silence on the connection for this long ends an attempt. */
  timeoutMilliseconds?: number;
  attempts?: number;
  /** Doubles with every further attempt. */
  firstDelayMilliseconds?: number;
}

const FOLDER = 'videotube';
const DEFAULT_CHUNK_BYTES = 8 * 1024 * 1024;
const READ_BYTES = 1024 * 1024;

/** What Cloudinary calls our kinds: sound is a video without a picture, and the rest is raw. */
const PROVIDER_TYPES = { image: 'image', video: 'video', audio: 'video', document: 'raw' } as const;

/** Cloudinary, through its official SDK. Nothing is configured globally. */
export class CloudinaryStore implements MediaStore {
  readonly kind = 'cloudinary';
  readonly makesThumbnails = true;
  private readonly settings: Required<Omit<CloudinaryStoreOptions, 'agent'>>;
  private readonly account: UploadApiOptions;

  constructor(options: CloudinaryStoreOptions) {
    const { agent, ...given } = options;
    this.settings = {
      chunkBytes: DEFAULT_CHUNK_BYTES,
      timeoutMilliseconds: 60_000,
      attempts: 4,
      firstDelayMilliseconds: 500,
      ...given,
    };
    const { cloudName, apiKey, apiSecret, uploadPrefix } = options.config;
    this.account = {
      cloud_name: cloudName,
      api_key: apiKey,
      api_secret: apiSecret,
      secure: true,
      timeout: this.settings.timeoutMilliseconds,
      ...(uploadPrefix && { upload_prefix: uploadPrefix }),
      ...(agent && { agent }),
    };
  }

  // Our own name, the same in every attempt: an upload whose answer was lost is overwritten by its
  // repetition and cannot become an orphan.
  plan({ kind }: Pick<MediaFile, 'kind'>): PlannedAsset {
    return { publicId: `${FOLDER}/${randomUUID()}`, resourceType: kind };
  }

  async store(file: MediaFile, options: StoreOptions = {}): Promise<StoredAsset> {
    const { publicId } = { ...this.plan(file), ...options };
    const result = await this.withRetries('upload', options.signal, () =>
      file.kind === 'video'
        ? this.uploadChunked(file, publicId, options.signal)
        : this.uploadWhole(file, publicId),
    );
    return this.toStoredAsset(result, file);
  }

  async remove(asset: PlannedAsset): Promise<void> {
    // With the wrong resource type Cloudinary answers "not found" and deletes nothing.
    const options = {
      ...this.account,
      resource_type: PROVIDER_TYPES[asset.resourceType],
      invalidate: true,
    };
    await this.withRetries('destroy', undefined, async () => {
      const answer = (await cloudinary.uploader.destroy(asset.publicId, options)) as
        { result?: string } | undefined;
      if (answer?.result !== 'ok' && answer?.result !== 'not found') {
        throw new Error(`unexpected answer to destroy: ${answer?.result ?? 'none'}`);
      }
    });
  }

  async check(): Promise<void> {
    await cloudinary.api.ping(this.account).catch((rejection: unknown) => {
      throw ProviderFailure.from(rejection).toApiError();
    });
  }

  private async uploadWhole(file: MediaFile, publicId: string): Promise<UploadApiResponse> {
    const options = this.uploadOptions(file.kind, publicId);
    return requireResult(await cloudinary.uploader.upload(file.path, options));
  }

  /**
   * The SDK's `upload_large` leaves read errors of the file unhandled, which would end the
   * process; its chunked stream, which it is made of, lets us own the reading.
   */
  private uploadChunked(
    file: MediaFile,
    publicId: string,
    signal?: AbortSignal,
  ): Promise<UploadApiResponse> {
    return new Promise((resolve, reject) => {
      const options = {
        ...this.uploadOptions(file.kind, publicId),
        chunk_size: this.settings.chunkBytes,
      };
      // Large reads: the SDK copies its whole buffer once for every piece it is given.
      const source = createReadStream(file.path, { highWaterMark: READ_BYTES, signal });
      const onResult = (error?: UploadApiErrorResponse, result?: UploadApiResponse): void => {
        // After a failed chunk the SDK's stream never finishes by itself.
        source.destroy();
        if (error) reject(ProviderFailure.from(error));
        else if (result) resolve(result);
        else reject(new Error('no answer'));
      };
      const target = cloudinary.uploader.upload_chunked_stream(options, onResult);
      pipeline(source, target, (error) => {
        if (error) reject(error);
      });
    });
  }

  private uploadOptions(kind: MediaKind, publicId: string): UploadApiOptions {
    return {
      ...this.account,
      resource_type: PROVIDER_TYPES[kind],
      public_id: publicId,
      overwrite: true,
    };
  }

  private async withRetries<Result>(
    action: string,
    signal: AbortSignal | undefined,
    attempt: () => Promise<Result>,
  ): Promise<Result> {
    const { attempts, firstDelayMilliseconds, logger } = this.settings;
    for (let number = 1; ; number += 1) {
      signal?.throwIfAborted();
      try {
        return await attempt();
      } catch (rejection) {
        const failure = ProviderFailure.from(rejection);
        signal?.throwIfAborted();
        logger.warn({ err: failure, action, number }, 'the media provider failed');
        if (number >= attempts || !failure.isTransient) throw failure.toApiError();
      }
      // Full jitter: clients that failed together must not come back together.
      const longest = firstDelayMilliseconds * 2 ** (number - 1);
      await delay(longest * (0.5 + Math.random() / 2), undefined, { signal });
    }
  }

  private toStoredAsset(result: UploadApiResponse, file: MediaFile): StoredAsset {
    const asset: StoredAsset = {
      url: result.secure_url,
      publicId: result.public_id,
      resourceType: file.kind,
      bytes: result.bytes,
      format: result.format,
      width: result.width,
      height: result.height,
    };
    if (file.kind === 'image') return asset;
    const seconds = (result as { duration?: number }).duration ?? file.durationSeconds;
    return {
      ...asset,
      durationSeconds: seconds,
      // The first frames are often black.
      thumbnailUrl: this.stillPictureUrl(result, (seconds ?? 0) > 1 ? '1' : '0'),
    };
  }

  private stillPictureUrl({ public_id, version }: UploadApiResponse, atSecond: string): string {
    return cloudinary.url(public_id, {
      cloud_name: this.settings.config.cloudName,
      secure: true,
      resource_type: 'video',
      version,
      start_offset: atSecond,
      format: 'jpg',
      urlAnalytics: false,
    });
  }
}

/** Its types promise a result; in truth the SDK can answer with none. */
function requireResult<Result>(result: Result | undefined): Result {
  if (result === undefined) throw new Error('no answer');
  return result;
}
