import type { Operations } from '../operation';
import { likeOperations } from './like.operations';

/** Every operation of the API; `tests/contract` holds this list to the mounted routes. */
export const OPERATIONS: Operations = {
  ...likeOperations,
};
