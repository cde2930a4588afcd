import { MongoServerError } from '../../errors';

/** A keyword whose operand has the wrong type: `$jsonSchema keyword 'X' must be …`. */
export function wrongType(keyword: string, must: string): MongoServerError {
  return new MongoServerError('TypeMismatch', `$jsonSchema keyword '${keyword}' ${must}`);
}

/** A keyword whose operand has the right type and still no meaning. */
export function malformed(keyword: string, must: string): MongoServerError {
  return new MongoServerError('FailedToParse', `$jsonSchema keyword '${keyword}' ${must}`);
}
