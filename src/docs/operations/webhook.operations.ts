import type { Operations } from '../operation';
import { nothing } from '../schemas/common.schema';

export const webhookOperations: Operations = {
  'POST /api/v1/webhooks/cloudinary': {
    tag: 'Media',
    summary: 'Tell that Cloudinary has finished something',
    description:
      'For Cloudinary alone, which signs the body: see its “Verifying notification signatures”. Streaming renditions that are ready are taken over; every other notification changes nothing. The same notification twice does what one does. Where Cloudinary is not configured there is no such address.',
    access: 'signed by Cloudinary',
    rateLimit: 'write',
    answer: nothing,
    failures: ['404 NOT_FOUND'],
    example: { data: {} },
    refusedInRun: '404 NOT_FOUND',
  },
};
