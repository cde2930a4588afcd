import type { Operations } from '../operation';
import { bytes } from '../schemas/service.schema';

export const exportOperations: Operations = {
  'POST /api/v1/users/export': {
    tag: 'Your data',
    summary: 'Get everything of your account as a zip',
    description:
      'JSON files with all that is yours, and the pictures and videos that this server keeps; `about.json` in the archive says what the other files hold. Other people appear by their ids. One export at a time. A `code` is needed where two-factor is on.',
    access: 'signed in',
    rateLimit: 'credentials',
    answer: bytes,
    shape: 'plain',
    contentType: 'application/zip',
    failures: [
      '400 WRONG_PASSWORD',
      '400 TWO_FACTOR_REQUIRED',
      '400 TWO_FACTOR_INVALID',
      '409 EXPORT_IN_PROGRESS',
      '503 SERVICE_UNAVAILABLE',
    ],
    example: { body: { password: '{{password}}' }, data: '' },
  },
};
