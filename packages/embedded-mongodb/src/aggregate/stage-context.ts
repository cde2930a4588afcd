import { MongoServerError } from '../errors';

/**
 * Compiles a part of a stage; its errors then say of which stage, as the server's do.
 * @param constantErrorPrefix errors that begin with it were found later, when constants were
 *   computed, and say so already
 * @throws MongoServerError with the code of the error and `Invalid <stage> :: caused by ::`
 */
export function inStage<Compiled>(
  stageName: string,
  constantErrorPrefix: string | undefined,
  compile: () => Compiled,
): Compiled {
  try {
    return compile();
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    if (constantErrorPrefix && error.message.startsWith(constantErrorPrefix)) throw error;
    throw new MongoServerError(
      error.code,
      `Invalid ${stageName} :: caused by :: ${error.message}`,
      error,
    );
  }
}
