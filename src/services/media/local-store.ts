import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, open, readdir, rename, statfs } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { ApiError } from '../../utils/api-error';
import { unlinkIfPresent } from '../../utils/unlink-if-present';
import type { MediaFile, MediaStore, PlannedAsset, StoredAsset, StoreOptions } from './media-store';
import { probeMedia } from './probe';

/** Under which path stored files are served (see `routes/media.routes.ts`). */
export const LOCAL_MEDIA_PATH = '/media';

/** What `store` makes: two folder levels of two hex digits, a 128-bit name, an extension. */
const PUBLIC_ID = /^[0-9a-f]{2}\/[0-9a-f]{2}\/[0-9a-f]{32}\.[a-z0-9]{2,4}$/;
/** A disk this full refuses uploads, so that the database can still write. */
const RESERVED_BYTES = 64 * 1024 * 1024;

/** The store keeps this file; `undefined` for every other name. Never leaves the store's folder. */
export function localFileOf(root: string, publicId: string): string | undefined {
  return PUBLIC_ID.test(publicId) ? path.join(root, publicId) : undefined;
}

/**
 * A media store on this machine's disk. A file appears under its name whole or not at all, is
 * never changed afterwards, and survives a power cut once `store` has answered.
 */
export class LocalStore implements MediaStore {
  readonly kind = 'local';
  readonly makesThumbnails = false;

  /** @param root absolute path of the folder that holds the files; made when absent */
  constructor(readonly root: string) {}

  plan({ kind, extension }: Pick<MediaFile, 'kind' | 'extension'>): PlannedAsset {
    return { publicId: newPublicId(extension), resourceType: kind };
  }

  /**
   * @throws ApiError 507 when the disk is full; what was stored before is unharmed
   * @throws Error for a name that `plan` did not make: a programming error
   */
  async store(file: MediaFile, options: StoreOptions = {}): Promise<StoredAsset> {
    const { publicId } = { ...this.plan(file), ...options };
    const target = localFileOf(this.root, publicId);
    if (!target) throw new Error(`Not a name of this store: ${publicId}`);
    try {
      options.signal?.throwIfAborted();
      await this.requireSpace(file.bytes);
      await this.makeFolder(path.dirname(target));
      await placeFile(file.path, target);
    } catch (error) {
      throw diskError(error);
    }
    return {
      url: `${LOCAL_MEDIA_PATH}/${publicId}`,
      publicId,
      resourceType: file.kind,
      bytes: file.bytes,
      format: file.extension,
      ...(await mediaFacts(file)),
    };
  }

  async remove(asset: Pick<PlannedAsset, 'publicId'>): Promise<void> {
    const file = localFileOf(this.root, asset.publicId);
    if (file) await unlinkIfPresent(file);
  }

  async check(): Promise<void> {
    await mkdir(this.root, { recursive: true });
    await access(this.root, constants.R_OK | constants.W_OK);
    await this.requireSpace(0);
  }

  /** Every stored file, as `publicId`s, folder by folder. */
  async *list(): AsyncGenerator<string> {
    for (const first of await foldersIn(this.root)) {
      for (const second of await foldersIn(path.join(this.root, first))) {
        for (const name of await readdir(path.join(this.root, first, second))) {
          yield `${first}/${second}/${name}`;
        }
      }
    }
  }

  private async requireSpace(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.root).catch(async (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      await mkdir(this.root, { recursive: true });
      return statfs(this.root);
    });
    if (bavail * bsize < bytes + RESERVED_BYTES) throw diskFull();
  }

  /** A new folder's own entry must reach the disk too, up to the first that existed before. */
  private async makeFolder(folder: string): Promise<void> {
    const firstMade = await mkdir(folder, { recursive: true });
    if (firstMade === undefined) return;
    for (let made = folder; made.length >= firstMade.length; made = path.dirname(made)) {
      await syncPath(path.dirname(made));
    }
  }
}

function newPublicId(extension: string): string {
  const name = randomBytes(16).toString('hex');
  return `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}.${extension}`;
}

/** On one file system a second name costs nothing, however large the file is; elsewhere we copy. */
async function placeFile(source: string, target: string): Promise<void> {
  try {
    await syncPath(source);
    // An earlier attempt may have got this far.
    await unlinkIfPresent(target);
    await link(source, target);
  } catch (error) {
    if (!CANNOT_LINK.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    await copyInto(source, target);
  }
  await syncPath(path.dirname(target));
}

const CANNOT_LINK = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

async function copyInto(source: string, target: string): Promise<void> {
  const draft = `${target}.part`;
  try {
    await copyFile(source, draft, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await syncPath(draft);
    await rename(draft, target);
  } catch (error) {
    await unlinkIfPresent(draft);
    throw error;
  }
}

/** fsync of a file or a folder: after it, a power cut cannot take its content back. */
async function syncPath(fileOrFolder: string): Promise<void> {
  const handle = await open(fileOrFolder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
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

function diskError(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOSPC' || code === 'EDQUOT' ? diskFull(error) : error;
}

function diskFull(cause?: unknown): ApiError {
  return ApiError.insufficientStorage('There is no room for this file right now', { cause });
}
