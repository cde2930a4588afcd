/** What a stored file can be. */
export const MEDIA_KINDS = ['image', 'video', 'audio', 'document'] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

/** A checked file on this machine's disk, ready to be taken over by a media store. */
export interface MediaFile {
  /** Absolute path of the temporary file; the store reads it and never deletes it. */
  path: string;
  /** Whether a power cut can no longer take it back, see `syncPath`. */
  isSynced?: boolean;
  kind: MediaKind;
  /** Found by content, never the client's word. */
  mimeType: string;
  /** Without the dot, found by content. */
  extension: string;
  bytes: number;
  width?: number;
  height?: number;
  /** Seconds; of videos and sound. */
  durationSeconds?: number;
}

/** What the database remembers of a stored file (see `models/asset.schema.ts`). */
export interface StoredAsset {
  /** Root-relative (`/media/…`) for the local store, absolute for Cloudinary. */
  url: string;
  /** The store's own name of the asset: what `remove` needs. */
  publicId: string;
  resourceType: MediaKind;
  bytes: number;
  /** File extension without the dot. */
  format: string;
  durationSeconds?: number;
  width?: number;
  height?: number;
  /** Of a video, where the store can cut a still picture by itself. */
  thumbnailUrl?: string;
  /** Of a video whose streaming renditions are ready: the address of their playlist. */
  hlsUrl?: string;
}

/** What `renditions.make` adds to a stored video. */
export type Renditions = Pick<StoredAsset, 'hlsUrl' | 'thumbnailUrl'>;

/** A file as its store knows it, whether or not the database knows it too. */
export interface ListedAsset extends PlannedAsset {
  bytes: number;
  createdAt: Date;
}

/** The name that an asset will have; whoever keeps it can remove what a crash left half stored. */
export type PlannedAsset = Pick<StoredAsset, 'publicId' | 'resourceType'>;

export interface StoreOptions {
  /** A name from `plan`. Storing under it again replaces the file, so that a retry leaves one. */
  publicId?: string;
  /** Aborted when the caller no longer wants the result; `store` then rejects. */
  signal?: AbortSignal;
}

export interface RenditionOptions {
  signal?: AbortSignal;
}

/** Where uploaded files live for good. */
export interface MediaStore {
  readonly kind: 'local' | 'cloudinary';
  /** Whether `store` of a video answers a `thumbnailUrl`, so that clients need not send a thumbnail. */
  readonly makesThumbnails: boolean;
  /** A new, unguessable name for a file of this kind. Nothing is read or written. */
  plan(file: Pick<MediaFile, 'kind' | 'extension'>): PlannedAsset;
  /**
   * Copies the file into the store.
   * @returns the asset as it must be kept in the database
   * @throws ProviderError 502 when a provider refuses or is away; ApiError 507 when the disk is full
   */
  store(file: MediaFile, options?: StoreOptions): Promise<StoredAsset>;
  /**
   * Deletes the asset; an asset that is already gone is a success.
   * @throws ProviderError 502 when a provider refuses or is away
   */
  remove(asset: PlannedAsset): Promise<void>;
  /** Resolves when the store could take a file now; rejects with the reason otherwise. */
  check(): Promise<void>;
  /** Every file in the store, its own left-overs too: whatever is listed, `remove` takes. */
  list(signal?: AbortSignal): AsyncIterable<ListedAsset>;
  /**
   * Whether the store has this file now.
   * @throws ProviderError 502 when a provider is away
   */
  has(asset: PlannedAsset): Promise<boolean>;
  /** Present where a stored video gets streaming renditions; they go when the video is removed. */
  readonly renditions?: {
    /**
     * Makes the renditions of a stored video, or looks whether the provider has made them.
     * @throws NotYetError when the provider is still at it
     */
    make(asset: StoredAsset, options?: RenditionOptions): Promise<Renditions>;
  };
}
