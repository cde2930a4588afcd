import { z } from 'zod';
import { CHUNK_TYPE, TUS_VERSION } from '../../services/uploads/tus-protocol';
import type { HeaderField, Operations } from '../operation';
import { nothing } from '../schemas/common.schema';
import { EXAMPLE_UPLOAD, upload } from '../schemas/upload.schema';

const params = { uploadId: '{{uploadId}}' };
const version = { 'Tus-Resumable': TUS_VERSION };

const HEADERS = {
  'Tus-Resumable': {
    description: `The version of the protocol that the client speaks: ${TUS_VERSION}.`,
    required: true,
    type: 'string',
  },
  'Upload-Length': {
    description: 'The bytes of the whole file.',
    required: true,
    type: 'integer',
  },
  'Upload-Metadata': {
    description:
      'Pairs of a key and a value in Base64, between commas. `filename` is kept; by the first word of `filetype` the file may be as large as a picture, a video, sound or a document.',
    type: 'string',
  },
  'Upload-Offset': {
    description: 'How many bytes the server has already; the body goes on from there.',
    required: true,
    type: 'integer',
  },
} as const satisfies Record<string, HeaderField>;

export const uploadOperations: Operations = {
  'POST /api/v1/uploads': {
    tag: 'Uploads',
    summary: 'Announce a file',
    description:
      'By the tus protocol (https://tus.io/protocols/resumable-upload) with the extensions creation, creation-with-upload, termination and expiration; OPTIONS says so too. The file counts for the quota of the account from now on, and is kept until `Upload-Expires`.',
    access: 'signed in',
    rateLimit: 'upload',
    statusCode: 201,
    answer: upload,
    headers: {
      'Tus-Resumable': HEADERS['Tus-Resumable'],
      'Upload-Length': HEADERS['Upload-Length'],
      'Upload-Metadata': HEADERS['Upload-Metadata'],
    },
    bodyType: CHUNK_TYPE,
    failures: [
      '409 TOO_MANY_OPEN_UPLOADS',
      '412 TUS_VERSION_REQUIRED',
      '413 FILE_TOO_LARGE',
      '507 INSUFFICIENT_STORAGE',
    ],
    example: {
      headers: {
        ...version,
        'Upload-Length': '1537',
        'Upload-Metadata': 'filename cGljdHVyZS5qcGc=,filetype aW1hZ2UvanBlZw==',
      },
      data: EXAMPLE_UPLOAD,
    },
    saves: { uploadId: 'data._id' },
  },
  'GET /api/v1/uploads': {
    tag: 'Uploads',
    summary: 'List your uploads',
    description: 'Those that are still coming, and those that are complete and not yet published.',
    access: 'signed in',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(upload),
    example: { query: { limit: '20' }, data: [EXAMPLE_UPLOAD] },
  },
  'PATCH /api/v1/uploads/:uploadId': {
    tag: 'Uploads',
    summary: 'Send the next bytes of a file',
    description:
      'Whatever comes is kept, also when the connection breaks; ask for the offset and go on from there. Of two requests for one upload the newer prevails.',
    access: 'signed in',
    rateLimit: 'write',
    statusCode: 204,
    answer: nothing,
    headers: {
      'Tus-Resumable': HEADERS['Tus-Resumable'],
      'Upload-Offset': HEADERS['Upload-Offset'],
    },
    bodyType: CHUNK_TYPE,
    failures: [
      '404 UPLOAD_NOT_FOUND',
      '409 UPLOAD_OFFSET_MISMATCH',
      '412 TUS_VERSION_REQUIRED',
      '413 FILE_TOO_LARGE',
      '423 UPLOAD_LOCKED',
      '507 INSUFFICIENT_STORAGE',
    ],
    example: {
      params,
      headers: { ...version, 'Upload-Offset': '0', 'Content-Type': CHUNK_TYPE },
      fileBody: 'picture.jpg',
      data: {},
    },
  },
  'GET /api/v1/uploads/:uploadId': {
    tag: 'Uploads',
    summary: 'See how far an upload has come',
    description:
      'HEAD is how the protocol asks for `Upload-Offset`; it needs `Tus-Resumable`, and ends a request that still writes.',
    access: 'signed in',
    rateLimit: 'read',
    answer: upload,
    failures: ['404 UPLOAD_NOT_FOUND', '412 TUS_VERSION_REQUIRED', '423 UPLOAD_LOCKED'],
    example: { params, data: { ...EXAMPLE_UPLOAD, offset: 1537, isComplete: true } },
  },
  'DELETE /api/v1/uploads/:uploadId': {
    tag: 'Uploads',
    summary: 'Give up an upload',
    access: 'signed in',
    rateLimit: 'write',
    statusCode: 204,
    answer: nothing,
    headers: { 'Tus-Resumable': HEADERS['Tus-Resumable'] },
    failures: ['404 UPLOAD_NOT_FOUND', '412 TUS_VERSION_REQUIRED', '423 UPLOAD_LOCKED'],
    example: { params, headers: version, data: {} },
  },
};
