import { randomBytes } from 'node:crypto';
import type { Request } from 'express';
import { Types } from 'mongoose';
import type { Logger } from 'pino';
import type { Config } from '../../config';
import { Upload, type UploadFields } from '../../models/upload.model';
import { pageOfArray, type ArrayList, type ArrayPage, type PageQuery } from '../paging/array-page';
import { NEWEST_FIRST } from '../paging/keyset-order';
import { createTusServer, type TusAnswer } from './tus-server';
import { createUploadClaims, type UploadClaims } from './upload-claims';
import { requireAllowance } from './upload-allowance';
import { uploadNotFound } from './upload-errors';
import { createUploadFiles, type UploadFiles } from './upload-files';
import { isLiving } from './upload-lease';
import { createUploadSweeper } from './upload-sweeper';

/** An upload with how far it has come. */
export interface UploadState extends UploadFields {
  offset: number;
}

/** What a client says of a file before it sends it. */
export type UploadAnnouncement = Pick<UploadFields, 'bytes' | 'kind' | 'originalName' | 'metadata'>;

/** Resumable uploads: bytes that come in pieces, wait for a while, and are published by their id. */
export interface Uploads {
  /**
   * Makes room for a file, and takes its first bytes if the request brings any.
   * @param maxBytes of a file of its kind
   * @throws ApiError 413 FILE_TOO_LARGE or QUOTA_EXCEEDED, 409 TOO_MANY_OPEN_UPLOADS, 507
   */
  create(
    request: Request,
    user: Types.ObjectId,
    announced: UploadAnnouncement,
    maxBytes: number,
  ): Promise<UploadState>;
  /** @throws ApiError 404 for one that is absent, over, or another person's */
  find(user: Types.ObjectId, uploadId: Types.ObjectId): Promise<UploadState>;
  /** One page of a person's uploads, newest first. */
  list(user: Types.ObjectId, query: PageQuery): Promise<ArrayPage<UploadState>>;
  /**
   * Carries out HEAD, PATCH or DELETE of the protocol.
   * @throws ApiError 404, 409 UPLOAD_OFFSET_MISMATCH, 413, 423
   */
  handle(request: Request, uploadId: Types.ObjectId): Promise<TusAnswer>;
  readonly claims: UploadClaims;
  /** Deletes, now and then, what is over. */
  start(): void;
  stop(): Promise<void>;
}

type UploadConfig = Pick<
  Config,
  'uploadsDir' | 'uploadExpirySeconds' | 'maxBytesPerUser' | 'minFreeBytes'
>;

export function createUploads(dependencies: { config: UploadConfig; logger: Logger }): Uploads {
  const { config, logger } = dependencies;
  const expirySeconds = config.uploadExpirySeconds;
  const files = createUploadFiles(config.uploadsDir, config.minFreeBytes);
  const tus = createTusServer(files, { logger, expirySeconds });
  const sweeper = createUploadSweeper({ files, logger });

  /** The record comes first: what has one is swept when it is over, whatever breaks now. */
  async function announce(user: Types.ObjectId, announced: UploadAnnouncement) {
    const upload = await Upload.create({
      _id: randomId(),
      user,
      ...announced,
      lease: new Types.ObjectId(),
      leasedUntil: new Date(0),
      expiresAt: new Date(Date.now() + expirySeconds * 1000),
    });
    return upload._id;
  }

  async function withdraw(uploadId: Types.ObjectId): Promise<void> {
    await Upload.deleteOne({ _id: uploadId });
    await files.remove(uploadId);
  }

  const find: Uploads['find'] = async (user, uploadId) => {
    const upload = await Upload.findOne({ _id: uploadId, user, ...isLiving() }).lean();
    if (!upload) throw uploadNotFound();
    return withOffset(files, upload);
  };

  return {
    async create(request, user, announced, maxBytes) {
      const uploadId = await announce(user, announced);
      try {
        await requireAllowance(user, config);
        await files.requireRoom(announced.bytes);
        await tus.handle(request, { uploadId, maxBytes });
      } catch (error) {
        await withdraw(uploadId);
        throw error;
      }
      return find(user, uploadId);
    },

    find,

    async list(user, query) {
      const page = await pageOfArray<UploadFields>(Upload, uploadList(user), query);
      const rows = await Promise.all(page.rows.map((upload) => withOffset(files, upload)));
      return { ...page, rows };
    },

    handle: (request, uploadId) => tus.handle(request, { uploadId, maxBytes: 0 }),

    claims: createUploadClaims({ files, logger, expirySeconds }),
    start: () => sweeper.start(),
    stop: () => sweeper.stop(),
  };
}

/** Also for tests that ask the database what it costs. */
export function uploadList(user: Types.ObjectId): ArrayList {
  return { filter: { user, ...isLiving() }, order: NEWEST_FIRST };
}

async function withOffset(files: UploadFiles, upload: UploadFields): Promise<UploadState> {
  return { ...upload, offset: (await files.length(upload._id)) ?? 0 };
}

/** Unlike an id that is made from clock and counter, one that nobody can guess. */
function randomId(): Types.ObjectId {
  return new Types.ObjectId(randomBytes(12));
}
