import { ERROR_CODES, MongoServerError } from '../errors';

/** What fails while a document is changed says so, as the server's does; a conflict is retried. */
export function executing<Arguments extends unknown[], Result>(
  command: 'update' | 'findAndModify',
  work: (...args: Arguments) => Result,
): (...args: Arguments) => Result {
  return (...args) => {
    try {
      return work(...args);
    } catch (error) {
      if (!(error instanceof MongoServerError)) throw error;
      if (error.code === ERROR_CODES.WriteConflict) throw error;
      const message = `Plan executor error during ${command} :: caused by :: ${error.message}`;
      throw new MongoServerError(error.code, message, error);
    }
  };
}
