import { MongoServerError } from '../errors';
import { bsonTypeName } from '../values/compare';
import type { BsonDocument, MaybeValue, Value } from '../values/types';

type FieldType = 'any' | 'array' | 'object' | 'string';

/** The fields that a stage or operator takes: their type, and whether they may be left out. */
export type StageFields = Readonly<
  Record<string, { readonly type: FieldType; readonly optional?: boolean }>
>;

function hasType(value: Value, type: FieldType): boolean {
  return type === 'any' || bsonTypeName(value) === type;
}

/**
 * Checks the fields of a specification as the server's own parser of structures does.
 * @throws MongoServerError 40415 for an unknown field, 14 for one of the wrong type, 40414 for a
 * missing one
 */
export function checkFields(name: string, specification: BsonDocument, fields: StageFields): void {
  for (const [field, value] of specification) {
    const expected = fields[field];
    if (!expected) {
      throw new MongoServerError(40415, `BSON field '${name}.${field}' is an unknown field.`);
    }
    if (hasType(value, expected.type)) continue;
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field '${name}.${field}' is the wrong type '${bsonTypeName(value)}', expected type '${expected.type}'`,
    );
  }
  for (const [field, { optional }] of Object.entries(fields)) {
    if (optional || specification.has(field)) continue;
    throw new MongoServerError(
      40414,
      `BSON field '${name}.${field}' is missing but a required field`,
    );
  }
}

/** The specification of a stage. @throws MongoServerError 9 FailedToParse unless it is a document */
export function stageDocument(name: string, specification: MaybeValue): BsonDocument {
  if (specification instanceof Map) return specification;
  throw new MongoServerError(
    'FailedToParse',
    `the ${name} stage specification must be an object, found ${bsonTypeName(specification)}`,
  );
}
