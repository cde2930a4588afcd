import { z } from 'zod';
import type { Operations } from '../operation';

export const searchOperations: Operations = {
  'GET /api/v1/search/suggestions': {
    tag: 'Videos',
    summary: 'Suggest searches while somebody types',
    description:
      'At most ten titles and tags of published videos that begin with `query`, without regard to case.',
    access: 'guest',
    rateLimit: 'read',
    answer: z.array(z.string()).max(10),
    example: { query: { query: 'ana' }, data: ['Analytical engines in ten minutes', 'analysis'] },
  },
};
