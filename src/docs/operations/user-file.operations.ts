import { z } from 'zod';
import type { Operations } from '../operation';
import { nothing } from '../schemas/common.schema';
import { EXAMPLE_USER_FILE, userFile } from '../schemas/user-file.schema';

const params = { fileId: '{{fileId}}' };

export const userFileOperations: Operations = {
  'POST /api/v1/files': {
    tag: 'Files',
    summary: 'Keep a file',
    description:
      'Any kind of file that the server accepts, decided by its content. Its address is in `url`; whoever has that can get the file.',
    access: 'signed in',
    rateLimit: 'upload',
    statusCode: 201,
    answer: userFile,
    failures: ['413 QUOTA_EXCEEDED'],
    saves: { fileId: 'data._id' },
    example: { files: { file: 'picture.png' }, data: EXAMPLE_USER_FILE },
  },
  'GET /api/v1/files': {
    tag: 'Files',
    summary: 'List your files, newest first',
    access: 'signed in',
    rateLimit: 'read',
    shape: 'array page',
    answer: z.array(userFile),
    example: { query: { limit: '20' }, data: [EXAMPLE_USER_FILE] },
  },
  'GET /api/v1/files/:fileId': {
    tag: 'Files',
    summary: 'Get what is known of a file of yours',
    access: 'signed in',
    rateLimit: 'read',
    answer: userFile,
    failures: ['404 FILE_NOT_FOUND'],
    example: { params, data: EXAMPLE_USER_FILE },
  },
  'DELETE /api/v1/files/:fileId': {
    tag: 'Files',
    summary: 'Delete a file of yours',
    access: 'signed in',
    rateLimit: 'write',
    answer: nothing,
    failures: ['404 FILE_NOT_FOUND'],
    example: { params, data: {} },
  },
};
