import { ERROR_CODES, MongoServerError } from '../errors';

/**
 * What fails while findAndModify changes a document says so, as the server's does; a conflict is
 * retried. Plain updates have no such prefix before MongoDB 8.0.
 */
export function executing<Arguments extends unknown[], Result>(
  work: (...args: Arguments) => Result,
): (...args: Arguments) => Result {
  return (...args) => {
    try {
      return work(...args);
    } catch (error) {
      if (!(error instanceof MongoServerError)) throw error;
      if (error.code === ERROR_CODES.WriteConflict) throw error;
      const message = `Plan executor error during findAndModify :: caused by :: ${error.message}`;
      throw new MongoServerError(error.code, message, error);
    }
  };
}
