import { randomUUID } from 'node:crypto';
import {
  v2 as cloudinary,
  type ResourceApiResponse,
  type UploadApiOptions,
  type UploadApiResponse,
} from 'cloudinary';
import { CloudinaryAccount, type CloudinaryAccountOptions } from './cloudinary-account';
import { isThrottled, ProviderFailure } from './cloudinary-error';
import { findStreamingPlaylist } from './cloudinary-renditions';
import { uploadToCloudinary } from './cloudinary-upload';
import type {
  ListedAsset,
  MediaFile,
  MediaKind,
  MediaStore,
  PlannedAsset,
  RenditionOptions,
  Renditions,
  StoredAsset,
  StoreOptions,
} from './media-store';

export interface CloudinaryStoreOptions extends CloudinaryAccountOptions {
  /** Longer files go up in pieces of this size; Cloudinary takes none below 5 MiB but the last. */
  chunkBytes?: number;
  /** Told when renditions are finished; without it we look from time to time. */
  notificationUrl?: string | undefined;
  checkTimeoutMilliseconds?: number;
}

type CloudinaryType = 'image' | 'video' | 'raw';

/** To Cloudinary sound is video, and what it cannot show is raw. */
const CLOUDINARY_TYPES: Readonly<Record<MediaKind, CloudinaryType>> = {
  image: 'image',
  video: 'video',
  audio: 'video',
  document: 'raw',
};
/** What a listed file is taken for; the same type is named when it is removed. */
const LISTED_KINDS: Readonly<Record<CloudinaryType, MediaKind>> = {
  image: 'image',
  video: 'video',
  raw: 'document',
};

const FOLDER = 'videotube';
const DEFAULT_CHUNK_BYTES = 8 * 1024 * 1024;
const PAGE_SIZE = 500;
const DEFAULT_CHECK_TIMEOUT_MILLISECONDS = 5_000;
/** The Admin API counts calls by the hour, and probes come every few seconds. */
const TRUST_MILLISECONDS = 30_000;

/** Cloudinary, through its official SDK. Nothing is configured globally. */
export class CloudinaryStore implements MediaStore {
  readonly kind = 'cloudinary';
  readonly makesThumbnails = true;
  readonly renditions = {
    make: (asset: StoredAsset, options: RenditionOptions = {}): Promise<Renditions> =>
      findStreamingPlaylist(this.account, asset, options.signal),
  };
  private readonly account: CloudinaryAccount;
  private readonly chunkBytes: number;
  private readonly checkTimeoutMilliseconds: number;
  private readonly notificationUrl: string | undefined;
  private wellUntil = 0;

  constructor(options: CloudinaryStoreOptions) {
    const { chunkBytes, notificationUrl, checkTimeoutMilliseconds, ...account } = options;
    this.account = new CloudinaryAccount(account);
    this.chunkBytes = chunkBytes ?? DEFAULT_CHUNK_BYTES;
    this.checkTimeoutMilliseconds = checkTimeoutMilliseconds ?? DEFAULT_CHECK_TIMEOUT_MILLISECONDS;
    this.notificationUrl = notificationUrl;
  }

  // Our own name, the same in every attempt: an upload whose answer was lost is overwritten by its
  // repetition and cannot become an orphan.
  plan({ kind, extension }: Pick<MediaFile, 'kind' | 'extension'>): PlannedAsset {
    // Only raw files are delivered under their bare name.
    const ending = CLOUDINARY_TYPES[kind] === 'raw' ? `.${extension}` : '';
    return { publicId: `${FOLDER}/${randomUUID()}${ending}`, resourceType: kind };
  }

  async store(file: MediaFile, options: StoreOptions = {}): Promise<StoredAsset> {
    const { publicId } = { ...this.plan(file), ...options };
    const { signal } = options;
    const result = await this.account.call({ action: 'upload', signal }, (account) =>
      uploadToCloudinary(
        file,
        { ...account, ...this.uploadOptions(file), public_id: publicId },
        { chunkBytes: this.chunkBytes, signal },
      ),
    );
    return this.toStoredAsset(result, file);
  }

  async remove({ publicId, resourceType }: PlannedAsset): Promise<void> {
    // With the wrong resource type Cloudinary answers "not found" and deletes nothing.
    const options = { resource_type: CLOUDINARY_TYPES[resourceType], invalidate: true };
    await this.account.call({ action: 'destroy' }, async (account) => {
      const answer = (await cloudinary.uploader.destroy(publicId, { ...account, ...options })) as
        { result?: string } | undefined;
      if (answer?.result !== 'ok' && answer?.result !== 'not found') {
        throw new Error(`unexpected answer to destroy: ${answer?.result ?? 'none'}`);
      }
    });
  }

  /** Asks at most once in a while. A provider that throttles these questions still takes uploads. */
  async check(): Promise<void> {
    if (Date.now() < this.wellUntil) return;
    const timeoutMilliseconds = this.checkTimeoutMilliseconds;
    const attempt = { action: 'ping', attempts: 1, timeoutMilliseconds };
    try {
      await this.account.call(attempt, (account) => cloudinary.api.ping(account));
    } catch (error) {
      if (!isThrottled(error)) throw error;
    }
    this.wellUntil = Date.now() + TRUST_MILLISECONDS;
  }

  async has({ publicId, resourceType }: PlannedAsset): Promise<boolean> {
    const options = { resource_type: CLOUDINARY_TYPES[resourceType], type: 'upload' };
    return this.account.call({ action: 'look for a file' }, async (account) => {
      try {
        await cloudinary.api.resource(publicId, { ...account, ...options });
        return true;
      } catch (rejection) {
        if (ProviderFailure.from(rejection).isAbsence) return false;
        throw rejection;
      }
    });
  }

  /** Every file in our folder, page by page; sound is listed as video. */
  async *list(signal?: AbortSignal): AsyncGenerator<ListedAsset> {
    for (const type of ['image', 'video', 'raw'] as const) {
      let cursor: string | undefined;
      do {
        const page = await this.listPage(type, cursor, signal);
        for (const { public_id, bytes, created_at } of page.resources) {
          yield {
            publicId: public_id,
            resourceType: LISTED_KINDS[type],
            bytes,
            createdAt: new Date(created_at),
          };
        }
        cursor = page.next_cursor;
      } while (cursor !== undefined);
    }
  }

  private listPage(
    type: CloudinaryType,
    cursor: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<ResourceApiResponse> {
    return this.account.call({ action: 'list', signal }, (account) =>
      cloudinary.api.resources({
        ...account,
        resource_type: type,
        type: 'upload',
        prefix: `${FOLDER}/`,
        max_results: PAGE_SIZE,
        ...(cursor !== undefined && { next_cursor: cursor }),
      }),
    );
  }

  private uploadOptions(file: MediaFile): UploadApiOptions {
    const options = { resource_type: CLOUDINARY_TYPES[file.kind], overwrite: true };
    if (file.kind !== 'video') return options;
    return {
      ...options,
      // Made before anybody asks, and without the upload waiting for them.
      eager: [
        { streaming_profile: 'full_hd', format: 'm3u8' },
        { start_offset: stillSecond(file), format: 'jpg' },
      ],
      eager_async: true,
      ...(this.notificationUrl !== undefined && { eager_notification_url: this.notificationUrl }),
    };
  }

  private toStoredAsset(result: UploadApiResponse, file: MediaFile): StoredAsset {
    const asset: StoredAsset = {
      url: result.secure_url,
      publicId: result.public_id,
      resourceType: file.kind,
      bytes: result.bytes,
      // Raw files have none.
      format: result.format || file.extension,
    };
    if (file.kind === 'document') return asset;
    const { duration = file.durationSeconds } = result as { duration?: number };
    if (file.kind === 'audio') return { ...asset, durationSeconds: duration };
    const picture = { ...asset, width: result.width, height: result.height };
    if (file.kind === 'image') return picture;
    return {
      ...picture,
      durationSeconds: duration,
      thumbnailUrl: this.stillPictureUrl(result, stillSecond(file)),
    };
  }

  private stillPictureUrl({ public_id, version }: UploadApiResponse, atSecond: string): string {
    return cloudinary.url(public_id, {
      cloud_name: this.account.cloudName,
      secure: true,
      resource_type: 'video',
      version,
      start_offset: atSecond,
      format: 'jpg',
      urlAnalytics: false,
    });
  }
}

/** The first frames are often black. */
function stillSecond({ durationSeconds = 0 }: MediaFile): string {
  return durationSeconds > 1 ? '1' : '0';
}
