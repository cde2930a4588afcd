import type { Request, Response } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { viewerOf } from '../middlewares/authenticate.middleware';
import { largestFile } from '../middlewares/upload/upload-rules';
import { inputOf } from '../middlewares/validate.middleware';
import { presentUpload } from '../presenters/upload.presenter';
import { readAnnouncement, requireChunk, requireTusVersion } from '../services/uploads/tus-headers';
import { TUS_VERSION, UPLOADS_PATH } from '../services/uploads/tus-protocol';
import type { UploadState } from '../services/uploads/upload.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { listUploadsSchema, uploadIdSchema } from '../validators/upload.validator';

type UploadControllerDependencies = Pick<AppDependencies, 'config' | 'uploads'>;

/** Handlers of /uploads: the tus protocol, and what it does not know. */
export function createUploadController({ config, uploads }: UploadControllerDependencies) {
  const ownUpload = (request: Request): Promise<UploadState> =>
    uploads.find(viewerOf(request), inputOf(uploadIdSchema, request).params.uploadId);

  return {
    list: asyncHandler(async (request, response) => {
      const { query } = inputOf(listUploadsSchema, request);
      const { rows, pagination } = await uploads.list(viewerOf(request), query);
      sendResponse(response, 200, rows.map(presentUpload), 'Uploads', { pagination });
    }),

    create: asyncHandler(async (request, response) => {
      requireTusVersion(request.headers);
      const announced = readAnnouncement(request.headers);
      const maxBytes = largestFile(announced.kind, config);
      const upload = await uploads.create(request, viewerOf(request), announced, maxBytes);
      response.location(`${UPLOADS_PATH}/${upload._id.toString()}`);
      describe(response, upload);
      sendResponse(response, 201, presentUpload(upload), 'Upload created');
    }),

    /** HEAD is the protocol's question for the offset; GET tells the same and more to anybody else. */
    show: asyncHandler(async (request, response) => {
      const upload = await ownUpload(request);
      if (request.method !== 'HEAD') {
        describe(response, upload);
        sendResponse(response, 200, presentUpload(upload), 'Upload');
        return;
      }
      requireTusVersion(request.headers);
      const { headers } = await uploads.handle(request, upload._id);
      describe(response, { ...upload, offset: Number(headers['upload-offset']) });
      response.status(200).end();
    }),

    append: asyncHandler(async (request, response) => {
      requireTusVersion(request.headers);
      requireChunk(request.headers);
      const { _id } = await ownUpload(request);
      const { status, headers } = await uploads.handle(request, _id);
      const expiresAt = new Date(Date.now() + config.uploadExpirySeconds * 1000);
      response.set({ ...headers, 'Upload-Expires': expiresAt.toUTCString() });
      response.status(status).end();
    }),

    terminate: asyncHandler(async (request, response) => {
      requireTusVersion(request.headers);
      const { _id } = await ownUpload(request);
      const { status, headers } = await uploads.handle(request, _id);
      response.set(headers).status(status).end();
    }),
  };
}

/** What the protocol says of an upload in headers. */
function describe(response: Response, { bytes, offset, metadata, expiresAt }: UploadState): void {
  response.set({
    'Tus-Resumable': TUS_VERSION,
    'Upload-Length': String(bytes),
    'Upload-Offset': String(offset),
    'Upload-Expires': expiresAt.toUTCString(),
    ...(metadata === '' ? {} : { 'Upload-Metadata': metadata }),
    // The offset of a moment ago is of no use (tus, "HEAD").
    'Cache-Control': 'no-store',
  });
}
