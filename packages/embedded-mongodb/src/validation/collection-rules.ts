import { MongoServerError } from '../errors';
import { bsonTypeName } from '../values/bson-types';
import type { BsonDocument, MaybeValue } from '../values/types';
import { DocumentValidator } from './validator';

export type ValidationLevel = 'off' | 'strict' | 'moderate';
export type ValidationAction = 'error' | 'warn';

const LEVELS: readonly ValidationLevel[] = ['off', 'strict', 'moderate'];
const ACTIONS: readonly ValidationAction[] = ['error', 'warn'];

/** The options of `create` and `collMod` that are about validation. */
export const VALIDATION_OPTIONS: readonly string[] = [
  'validator',
  'validationLevel',
  'validationAction',
];

/** What a collection's options say about its documents. */
export interface ValidationRules {
  readonly validator: DocumentValidator;
  readonly level: ValidationLevel;
  readonly action: ValidationAction;
}

/**
 * The rules in options of `create`, as they are stored; undefined when every document is accepted.
 * @throws MongoServerError as the constructor of DocumentValidator
 */
export function validationRules(options: BsonDocument): ValidationRules | undefined {
  const validator = options.get('validator');
  if (!(validator instanceof Map) || validator.size === 0) return undefined;
  return {
    validator: new DocumentValidator(validator),
    level: named(LEVELS, options.get('validationLevel')) ?? 'strict',
    action: named(ACTIONS, options.get('validationAction')) ?? 'error',
  };
}

/**
 * Checks the options of `create` and `collMod` that are about validation.
 * @param command whose options they are; the server names it in its refusals
 * @throws MongoServerError 14 TypeMismatch, 2 BadValue, those of the validator itself, and
 * 72 InvalidOptions where the server allows no validators
 */
export function assertValidationOptions(
  command: string,
  options: BsonDocument,
  { database, collection }: { readonly database: string; readonly collection: string },
): void {
  assertEnumeration(`${command}.validationLevel`, options.get('validationLevel'), LEVELS);
  assertEnumeration(`${command}.validationAction`, options.get('validationAction'), ACTIONS);
  const validator = options.get('validator');
  if (validator === undefined || validator === null) return;
  if (!(validator instanceof Map)) {
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field '${command}.validator' is the wrong type '${bsonTypeName(validator)}', expected type 'object'`,
    );
  }
  if (validator.size === 0) return;
  if (['admin', 'local', 'config'].includes(database)) {
    throw new MongoServerError(
      'InvalidOptions',
      `Document validators are not allowed on collection ${database}.${collection} in the ${database} internal database`,
    );
  }
  parseValidator(command, validator);
}

/** Writes the level and the action out, as the server does when `collMod` changes any of them. */
export function settleValidation(options: BsonDocument): void {
  options.set('validationLevel', options.get('validationLevel') ?? 'strict');
  options.set('validationAction', options.get('validationAction') ?? 'error');
}

/** Parsing shows the faults; `collMod` says where they were found. */
function parseValidator(command: string, validator: BsonDocument): void {
  try {
    new DocumentValidator(validator);
  } catch (error) {
    if (!(error instanceof MongoServerError) || command !== 'collMod') throw error;
    const message = `Parsing of collection validator failed :: caused by :: ${error.message}`;
    throw new MongoServerError(error.code, message, { extra: error.extra });
  }
}

function assertEnumeration(field: string, value: MaybeValue, known: readonly string[]): void {
  if (value === undefined || value === null) return;
  if (typeof value !== 'string') {
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field '${field}' is the wrong type '${bsonTypeName(value)}', expected type 'string'`,
    );
  }
  if (known.includes(value)) return;
  throw new MongoServerError(
    'BadValue',
    `Enumeration value '${value}' for field '${field}' is not a valid value.`,
  );
}

function named<T extends string>(known: readonly T[], value: MaybeValue): T | undefined {
  return known.find((name) => name === value);
}
