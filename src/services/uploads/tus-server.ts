import { PassThrough, Readable } from 'node:stream';
import { DataStore, ERRORS, Server, Upload as TusUpload } from '@tus/server';
import type { Request as ExpressRequest } from 'express';
import { Types } from 'mongoose';
import type { Logger } from 'pino';
import { Upload } from '../../models/upload.model';
import { ApiError } from '../../utils/api-error';
import { TUS_EXTENSIONS, UPLOADS_PATH } from './tus-protocol';
import { uploadNotFound } from './upload-errors';
import type { UploadFiles } from './upload-files';
import { createUploadLocker, type UploadLocker } from './upload-locker';

/**
 * The one place that knows @tus/server. It gets web requests made of Express's and its answers are
 * turned into ours: the package decides what the protocol asks, we say it in our envelope.
 */

/** How long an older request may still write once a newer one asks for the same upload. */
const DRAIN_MILLISECONDS = 500;

/** What the package may read of a request: nothing of proxies, cookies or tokens. */
const READ_HEADERS = [
  'content-length',
  'content-type',
  'tus-resumable',
  'upload-length',
  'upload-metadata',
  'upload-offset',
];

export interface TusAnswer {
  status: number;
  /** Of the protocol alone, by lower-case name. */
  headers: Record<string, string>;
}

export interface TusServer {
  /**
   * Carries out one request of the protocol, whose sender has been found to own the upload.
   * @param limits the upload's id, and for a creation the most bytes that it may have
   * @throws ApiError, or what the disk or the database throws
   */
  handle(request: ExpressRequest, limits: TusLimits): Promise<TusAnswer>;
}

interface TusLimits {
  uploadId: Types.ObjectId;
  maxBytes: number;
}

export function createTusServer(
  files: UploadFiles,
  { logger, expirySeconds }: { logger: Logger; expirySeconds: number },
): TusServer {
  const locker = createUploadLocker({ logger, expirySeconds });
  const contexts = new WeakMap<Request, TusLimits>();
  const failures = new WeakMap<Request, unknown>();
  const idOf = (request: Request): string => contexts.get(request)?.uploadId.toString() ?? '';
  const server = new Server({
    path: UPLOADS_PATH,
    datastore: new UploadStore(files, locker),
    locker,
    lockDrainTimeout: DRAIN_MILLISECONDS,
    namingFunction: idOf,
    getFileIdFromRequest: idOf,
    generateUrl: (_request, { id }) => `${UPLOADS_PATH}/${id}`,
    maxSize: (request) => contexts.get(request)?.maxBytes ?? 0,
    onResponseError: (request, error) => {
      failures.set(request, error);
      return undefined;
    },
  });

  return {
    async handle(request, limits) {
      const body = takesBody(request) ? receive(request) : undefined;
      const webRequest = toWebRequest(request, body);
      contexts.set(webRequest, limits);
      const answer = await server.handleWeb(webRequest);
      // What the package did not want must not hold up what follows on the connection.
      if (body) request.unpipe(body);
      if (answer.status >= 400) {
        throw toApiError(failures.get(webRequest) ?? new Error(await answer.text()));
      }
      const headers = [...answer.headers].filter(([name]) => /^(tus-|upload-|location)/.test(name));
      return { status: answer.status, headers: Object.fromEntries(headers) };
    },
  };
}

function takesBody({ method }: ExpressRequest): boolean {
  return method === 'POST' || method === 'PATCH';
}

function toWebRequest(request: ExpressRequest, body: PassThrough | undefined): Request {
  const headers = new Headers();
  for (const name of READ_HEADERS) {
    const value = request.headers[name];
    // The package takes an empty header for a broken one; to us it says nothing, like an absent one.
    if (typeof value === 'string' && value !== '') headers.set(name, value);
  }
  const { method } = request;
  // The address plays no part: the id comes from the context.
  const url = `http://localhost${UPLOADS_PATH}`;
  if (!body) return new Request(url, { method, headers });
  const init = { method, headers, body: Readable.toWeb(body), duplex: 'half' };
  return new Request(url, init as RequestInit);
}

/** The body up to where it was cut: what has come stays, so a broken connection is an end. */
function receive(request: ExpressRequest): PassThrough {
  const body = new PassThrough();
  request.pipe(body);
  request.once('close', () => {
    if (!body.writableEnded) body.end();
  });
  return body;
}

/** Files and records behind the package's interface. Every call happens under the upload's lock. */
class UploadStore extends DataStore {
  // Its own expiration counts from the creation; ours, from the last byte, is told by the records.
  override extensions = [...TUS_EXTENSIONS];

  constructor(
    private readonly files: UploadFiles,
    private readonly locker: UploadLocker,
  ) {
    super();
  }

  /** The record exists already: it holds the lock. */
  override async create(upload: TusUpload): Promise<TusUpload> {
    await this.files.create(new Types.ObjectId(upload.id));
    return upload;
  }

  override async getUpload(id: string): Promise<TusUpload> {
    const { upload } = this.locker.leaseOf(id);
    const offset = await this.files.length(upload._id);
    if (offset === undefined) throw uploadNotFound();
    return new TusUpload({ id, size: upload.bytes, offset });
  }

  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    const lease = this.locker.leaseOf(id);
    const length = await this.files.append(lease, offset, stream);
    if (length === lease.upload.bytes) {
      const filter = { _id: lease.upload._id, lease: lease.token };
      await Upload.updateOne(filter, { $set: { finishedAt: new Date() } });
    }
    return length;
  }

  /** The record first: a file without one is swept. */
  override async remove(id: string): Promise<void> {
    const { upload, token } = this.locker.leaseOf(id);
    await Upload.deleteOne({ _id: upload._id, lease: token });
    await this.files.remove(upload._id);
  }
}

/** The package's refusals, by its own constants; whatever else was thrown stays as it is. */
function toApiError(error: unknown): unknown {
  switch (error) {
    case ERRORS.INVALID_OFFSET:
      return ApiError.conflict('The upload does not stand at this Upload-Offset', {
        code: 'UPLOAD_OFFSET_MISMATCH',
      });
    case ERRORS.FILE_NOT_FOUND:
    case ERRORS.FILE_NO_LONGER_EXISTS:
      return uploadNotFound();
    case ERRORS.ERR_SIZE_EXCEEDED:
    case ERRORS.ERR_MAX_SIZE_EXCEEDED:
      return tooManyBytes(error);
    case ERRORS.ABORTED:
      return ApiError.conflict('A newer request for this upload has taken its place', {
        code: 'UPLOAD_OFFSET_MISMATCH',
      });
    default:
      return isTooLong(error) ? tooManyBytes(error) : error;
  }
}

/** A body longer than announced is told by an error of its own class, which is not exported. */
function isTooLong(error: unknown): boolean {
  return error instanceof Error && 'status_code' in error && error.status_code === 413;
}

function tooManyBytes(cause: unknown): ApiError {
  const message = 'The upload would be longer than its Upload-Length, or than is allowed';
  return ApiError.payloadTooLarge(message, { code: 'FILE_TOO_LARGE', cause });
}
