import { createWriteStream } from 'node:fs';
import { copyFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Types } from 'mongoose';
import { createRoomWatch } from '../media/disk-room';
import { requireFreeBytes } from '../media/disk-space';
import { BLOCK_BYTES } from '../media/spool-blocks';
import { noteDroppedBytes } from '../../utils/garbage-collection';
import { linkIfPossible } from '../../utils/link-if-possible';
import { rightOfWay } from '../../utils/right-of-way';
import { unlinkIfPresent } from '../../utils/unlink-if-present';
import type { UploadLease } from './upload-lease';

const NAME = /^[0-9a-f]{24}$/;

/** The bytes of resumable uploads: one file each, named by the upload's id. */
export interface UploadFiles {
  /** @throws Error with the system's code, e.g. ENOSPC */
  create(id: Types.ObjectId): Promise<void>;
  /** How many bytes have come; undefined when this machine has no such file. */
  length(id: Types.ObjectId): Promise<number | undefined>;
  /**
   * Writes the stream behind the first `offset` bytes and waits until the disk has it.
   * @returns the new length, also when the stream ends early
   * @throws ApiError 507 when less than `minFreeBytes` would be left; what has come by then stays
   * @throws Error with the system's code, or the reason why the lease was lost
   */
  append(lease: UploadLease, offset: number, stream: Readable): Promise<number>;
  /** Gives the bytes a second name, or copies them where that is on another disk. */
  linkTo(id: Types.ObjectId, file: string): Promise<void>;
  /** One that is already gone is fine. */
  remove(id: Types.ObjectId): Promise<void>;
  /** The ids of all files. */
  list(): Promise<string[]>;
  /** @throws ApiError 507 when so many more bytes would not fit */
  requireRoom(bytes: number): Promise<void>;
}

/** @param minFreeBytes left on the disk for others */
export function createUploadFiles(folder: string, minFreeBytes = 0): UploadFiles {
  const requireRoom = createRoomWatch(folder, minFreeBytes);
  const fileOf = (id: Types.ObjectId): string => path.join(folder, id.toString());

  return {
    create: (id) => writeFile(fileOf(id), '', { flag: 'wx', mode: 0o600 }),

    async length(id) {
      try {
        return (await stat(fileOf(id))).size;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },

    async append(lease, offset, stream) {
      await requireFreeBytes(folder, 0, minFreeBytes);
      const file = fileOf(lease.upload._id);
      const disk = createWriteStream(file, { flags: 'r+', start: offset, flush: true });
      let unyielding = 0;
      const watched = async function* (source: AsyncIterable<Buffer>) {
        for await (const chunk of source) {
          lease.touch();
          await requireRoom(chunk.length);
          unyielding += chunk.length;
          if (unyielding >= BLOCK_BYTES) {
            noteDroppedBytes(unyielding);
            unyielding = 0;
            await rightOfWay.give();
          }
          yield chunk;
        }
      };
      await pipeline(stream, watched, disk, { signal: lease.signal });
      return offset + disk.bytesWritten;
    },

    async linkTo(id, file) {
      if (!(await linkIfPossible(fileOf(id), file))) await copyFile(fileOf(id), file);
    },

    remove: (id) => unlinkIfPresent(fileOf(id)),

    async list() {
      return (await namesIn(folder)).filter((name) => NAME.test(name));
    },

    requireRoom: (bytes) => requireFreeBytes(folder, bytes, minFreeBytes),
  };
}

/** None where no server has run yet: then nobody has sent anything. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
