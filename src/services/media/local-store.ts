import { constants, type Dirent } from 'node:fs';
import { access, copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from 'pino';
import type { FfmpegConfig } from '../../config';
import { linkIfPossible } from '../../utils/link-if-possible';
import { syncPath } from '../../utils/sync-path';
import { unlinkIfPresent } from '../../utils/unlink-if-present';
import { diskError, requireFreeBytes } from './disk-space';
import { MASTER_PLAYLIST, POSTER } from './ffmpeg/commands';
import { storedTypeOf } from './file-type';
import {
  LOCAL_MEDIA_PATH,
  localEntryOf,
  localFileOf,
  newDraft,
  newPublicId,
  pieceUrl,
  stemOf,
} from './local-names';
import { makePoster, makeRenditions, removeDrafts, removePieces } from './local-renditions';
import type {
  ListedAsset,
  MediaFile,
  MediaStore,
  PlannedAsset,
  RenditionOptions,
  Renditions,
  StoredAsset,
  StoreOptions,
} from './media-store';
import { probeMedia } from './probe';
import { UnusableFileError } from './unusable-file-error';

export { LOCAL_MEDIA_PATH, localFileOf };

export interface LocalStoreOptions {
  /** A disk with less room than this takes no more files. */
  minFreeBytes?: number;
  /** Present: videos get renditions, and a still picture as they are stored. */
  ffmpeg?: { command: FfmpegConfig; logger: Logger } | undefined;
}

/**
 * A media store on this machine's disk. A file appears under its name whole or not at all, is
 * never changed afterwards, and survives a power cut once `store` has answered.
 */
export class LocalStore implements MediaStore {
  readonly kind = 'local';
  readonly makesThumbnails: boolean;
  readonly renditions: MediaStore['renditions'];
  private readonly minFreeBytes: number;
  private readonly ffmpeg: LocalStoreOptions['ffmpeg'];
  /** Folders of which this process knows that a power cut cannot take them back. */
  private readonly settled = new Map<string, Promise<void>>();

  /** @param root absolute path of the folder that holds the files; made when absent */
  constructor(
    readonly root: string,
    { minFreeBytes = 64 * 1024 * 1024, ffmpeg }: LocalStoreOptions = {},
  ) {
    this.minFreeBytes = minFreeBytes;
    this.ffmpeg = ffmpeg;
    this.makesThumbnails = ffmpeg !== undefined;
    this.renditions = ffmpeg && {
      make: (asset, options) => this.makeRenditions(ffmpeg.command, asset, options),
    };
  }

  plan({ kind, extension }: Pick<MediaFile, 'kind' | 'extension'>): PlannedAsset {
    return { publicId: newPublicId(extension), resourceType: kind };
  }

  /**
   * @throws ApiError 507 when the disk is full; what was stored before is unharmed
   * @throws Error for a name that `plan` did not make: a programming error
   */
  async store(file: MediaFile, options: StoreOptions = {}): Promise<StoredAsset> {
    const { publicId } = { ...this.plan(file), ...options };
    const target = this.fileOf(publicId);
    try {
      options.signal?.throwIfAborted();
      const folder = path.dirname(target);
      const isNew = (await mkdir(folder, { recursive: true })) !== undefined;
      // What an attempt that was cut short has left may be just the room that is missing.
      if (!isNew) await removeDrafts(target);
      await requireFreeBytes(this.root, 0, this.minFreeBytes);
      await this.place(file, target);
      await this.settle(folder);
    } catch (error) {
      throw diskError(error);
    }
    const facts = await mediaFacts(file);
    const thumbnailUrl = await this.stillPicture(publicId, file.kind, facts, options.signal);
    return {
      url: `${LOCAL_MEDIA_PATH}/${publicId}`,
      publicId,
      resourceType: file.kind,
      bytes: file.bytes,
      format: file.extension,
      ...facts,
      ...(thumbnailUrl !== undefined && { thumbnailUrl }),
    };
  }

  async remove(asset: Pick<PlannedAsset, 'publicId'>): Promise<void> {
    const entry = localEntryOf(this.root, asset.publicId);
    if (!entry) return;
    await rm(entry, { recursive: true, force: true });
    // Whoever is making renditions finds the video gone, and takes away what comes later.
    if (localFileOf(this.root, asset.publicId)) await removePieces(entry);
  }

  async check(): Promise<void> {
    await mkdir(this.root, { recursive: true });
    await access(this.root, constants.R_OK | constants.W_OK);
    await requireFreeBytes(this.root, 0, this.minFreeBytes);
  }

  /**
   * Every stored file, folder by folder; also renditions and drafts whose file is not there, which
   * `remove` takes as well. What belongs to a file that is there is not told apart from it.
   */
  async *list(signal?: AbortSignal): AsyncGenerator<ListedAsset> {
    for (const first of await foldersIn(this.root)) {
      for (const second of await foldersIn(path.join(this.root, first))) {
        signal?.throwIfAborted();
        const folder = `${first}/${second}`;
        const entries = await readdir(path.join(this.root, folder), { withFileTypes: true });
        for (const name of withoutCompanions(folder, entries, this.root)) {
          const listed = await this.describe(`${folder}/${name}`);
          if (listed) yield listed;
        }
      }
    }
  }

  async has({ publicId }: Pick<PlannedAsset, 'publicId'>): Promise<boolean> {
    return localFileOf(this.root, publicId) ? Boolean(await this.describe(publicId)) : false;
  }

  /** Undefined when it was deleted since it was listed. */
  private async describe(publicId: string): Promise<ListedAsset | undefined> {
    try {
      const { size: bytes, mtime: createdAt } = await stat(path.join(this.root, publicId));
      const type = storedTypeOf(path.extname(publicId).slice(1));
      return { publicId, resourceType: type?.kind ?? 'video', bytes, createdAt };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** On one file system a second name costs nothing, however large the file; elsewhere we copy. */
  private async place({ path: source, bytes, isSynced }: MediaFile, target: string): Promise<void> {
    if (!isSynced) await syncPath(source);
    const isPlaced = await linkIfFree(source, target);
    if (!isPlaced) await this.replace(source, bytes, target);
    await syncPath(path.dirname(target));
  }

  /** At once in the place of what an earlier attempt, or a quicker worker, has put there. */
  private async replace(source: string, bytes: number, target: string): Promise<void> {
    const draft = newDraft(target);
    try {
      await this.placeDraft(source, bytes, draft);
      await rename(draft, target);
    } finally {
      // Also when all went well: two names of one file are left as they are (POSIX, rename).
      await unlinkIfPresent(draft);
    }
  }

  /**
   * Folders must reach the disk too, which costs least once the file is there. Also those that others
   * have made: another process, a store that is not done yet, or one that was cut short. Whoever comes
   * while a folder is being settled waits for that: the folder was there before it began.
   */
  private settle(folder: string): Promise<void> {
    const known = this.settled.get(folder);
    if (known) return known;
    const settling = this.settleAnew(folder).catch((error: unknown) => {
      this.settled.delete(folder);
      throw error;
    });
    this.settled.set(folder, settling);
    return settling;
  }

  private async settleAnew(folder: string): Promise<void> {
    await syncPath(path.dirname(folder));
    if (folder !== this.root) await this.settle(path.dirname(folder));
  }

  private async placeDraft(source: string, bytes: number, draft: string): Promise<void> {
    if (await linkIfPossible(source, draft)) return;
    await requireFreeBytes(this.root, bytes, this.minFreeBytes);
    await copyFile(source, draft, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await syncPath(draft);
  }

  /** Cut while the publisher waits, so that the video has one from its first moment on. */
  private async stillPicture(
    publicId: string,
    kind: MediaFile['kind'],
    { durationSeconds = 0 }: Pick<StoredAsset, 'durationSeconds'>,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    if (!this.ffmpeg || kind !== 'video') return undefined;
    const { command, logger } = this.ffmpeg;
    try {
      await makePoster(command, this.fileOf(publicId), { durationSeconds, signal });
      return pieceUrl(publicId, POSTER);
    } catch (error) {
      // Browsers may well play what this ffmpeg does not know.
      if (!(error instanceof UnusableFileError)) throw diskError(error);
      logger.warn({ err: error, publicId }, 'no still picture could be cut from a video');
      return undefined;
    }
  }

  private async makeRenditions(
    command: FfmpegConfig,
    { publicId, bytes }: StoredAsset,
    options: RenditionOptions = {},
  ): Promise<Renditions> {
    const file = this.fileOf(publicId);
    try {
      await removeDrafts(file);
      // All qualities together are about as large as a usual original.
      await requireFreeBytes(this.root, bytes, this.minFreeBytes);
      await makeRenditions(command, file, options);
    } catch (error) {
      throw diskError(error);
    }
    return {
      hlsUrl: pieceUrl(publicId, MASTER_PLAYLIST),
      thumbnailUrl: pieceUrl(publicId, POSTER),
    };
  }

  private fileOf(publicId: string): string {
    const file = localFileOf(this.root, publicId);
    if (!file) throw new Error(`Not a name of this store: ${publicId}`);
    return file;
  }
}

/** @returns false where that cannot be, or something has the name already */
async function linkIfFree(file: string, secondName: string): Promise<boolean> {
  try {
    return await linkIfPossible(file, secondName);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** None in a folder that nobody has needed yet. */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return [];
  });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** The names in a folder that are stored files, or that have no stored file to belong to. */
function withoutCompanions(folder: string, entries: readonly Dirent[], root: string): string[] {
  const names = entries.map(({ name }) => name);
  const isFile = (name: string): boolean => localFileOf(root, `${folder}/${name}`) !== undefined;
  const stems = new Set(names.filter(isFile).map(stemOf));
  return names.filter((name) => isFile(name) || !stems.has(stemOf(name)));
}

async function mediaFacts(
  file: MediaFile,
): Promise<Pick<StoredAsset, 'width' | 'height' | 'durationSeconds'>> {
  const { kind, width, height, durationSeconds } = file;
  if (kind === 'document') return {};
  const isSized = kind === 'audio' || (width !== undefined && height !== undefined);
  const isTimed = kind === 'image' || durationSeconds !== undefined;
  if (isSized && isTimed) return { width, height, durationSeconds };
  const facts = await probeMedia(file.path, kind);
  return {
    ...(kind !== 'audio' && { width: facts.width, height: facts.height }),
    ...(kind !== 'image' && { durationSeconds: facts.durationSeconds }),
  };
}
