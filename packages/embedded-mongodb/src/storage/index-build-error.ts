import { UUID } from 'bson';
import { MongoServerError } from '../errors';
import type { Collection } from './catalog';

/**
 * What failed a build, with the server's words before it: the id of the build, and the collection.
 * Anything else than an answer to the client is handed back as it is.
 */
export function asBuildError(error: unknown, { namespace, uuid }: Collection): unknown {
  if (!(error instanceof MongoServerError)) return error;
  const name = `${namespace.database}.${namespace.collection}`;
  return new MongoServerError(
    error.code,
    `Index build failed: ${new UUID().toString()}: Collection ${name} ( ${uuid.toUUID().toString()} ) :: caused by :: ${error.message}`,
    error,
  );
}
