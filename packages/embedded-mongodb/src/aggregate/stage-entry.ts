import { MongoServerError } from '../errors';
import type { BsonDocument, MaybeValue, Value } from '../values/types';

/**
 * The name and the specification of a stage.
 * @throws MongoServerError 40323 unless the stage has exactly one field
 */
export function stageEntry(stage: BsonDocument): { name: string; specification: Value } {
  const [entry] = stage;
  if (stage.size !== 1 || !entry) {
    throw new MongoServerError(
      40323,
      'A pipeline stage specification object must contain exactly one field.',
    );
  }
  return { name: entry[0], specification: entry[1] };
}

/**
 * The stages of a pipeline as documents.
 * @throws MongoServerError 14 TypeMismatch unless the value is an array of objects
 */
export function stagesOf(value: MaybeValue, what: string): BsonDocument[] {
  if (!Array.isArray(value)) {
    throw new MongoServerError('TypeMismatch', `${what} must be specified as an array`);
  }
  return value.map((stage) => {
    if (stage instanceof Map) return stage;
    throw new MongoServerError(
      'TypeMismatch',
      "Each element of the 'pipeline' array must be an object",
    );
  });
}
