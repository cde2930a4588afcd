import { compileDocumentStages } from '../aggregate/document-stages';
import { MongoServerError } from '../errors';
import type { Variables } from '../expression/variables';
import type { Collation } from '../values/collation';
import type { BsonDocument } from '../values/types';
import { compileModifiers } from './modifiers';
import { checkReplacement, fillEmptyTimestamps, replaceDocument } from './replacement';
import type { CompiledUpdate } from './types';
import { documentOfEqualities, pinnedId } from './upsert';

export type { CompiledUpdate, UpdateContext, UpdateResult } from './types';
export { equalitiesForUpsert } from './upsert';

/** What an update may use beyond its own operators. */
export interface UpdateOptions {
  readonly arrayFilters?: readonly BsonDocument[];
  readonly variables?: Variables;
  /** How text compares in operators and expressions that compare; by bytes when absent. */
  readonly collation?: Collation;
  readonly now: () => Date;
}

/**
 * Compiles the update of an update statement: a replacement document, update operators, or an
 * aggregation pipeline (manual: "Update Operators", "Updates with Aggregation Pipeline").
 * @throws MongoServerError with the codes and messages of MongoDB's parser
 */
export function compileUpdate(
  update: BsonDocument | readonly BsonDocument[],
  options: UpdateOptions,
): CompiledUpdate {
  if (!(update instanceof Map)) return compilePipeline(update, options);
  const [first] = update.keys();
  if (first?.startsWith('$') === true) return compileOperators(update, options);
  return compileReplacement(update, options);
}

function compileOperators(
  update: BsonDocument,
  { arrayFilters, collation, now }: UpdateOptions,
): CompiledUpdate {
  const program = compileModifiers(update, arrayFilters ?? [], collation);
  return {
    kind: 'modifiers',
    apply: (document, context) => program(document, context, now()),
    buildUpsert: (equalities) => {
      const start = documentOfEqualities(equalities);
      return idFirst(program(start, { isInsert: true }, now()).document);
    },
  };
}

function compileReplacement(
  update: BsonDocument,
  { arrayFilters, now }: UpdateOptions,
): CompiledUpdate {
  if (arrayFilters !== undefined && arrayFilters.length > 0) {
    throw new MongoServerError(
      'FailedToParse',
      'arrayFilters may not be specified for replacement-style updates',
    );
  }
  checkReplacement(update);
  return {
    kind: 'replacement',
    apply: (document) => replaceDocument(document, fillEmptyTimestamps(update, now())),
    buildUpsert: (equalities) =>
      replaceDocument(pinnedId(equalities), fillEmptyTimestamps(update, now())).document,
  };
}

function compilePipeline(
  update: readonly BsonDocument[],
  { arrayFilters, variables, collation }: UpdateOptions,
): CompiledUpdate {
  if (arrayFilters !== undefined && arrayFilters.length > 0) {
    throw new MongoServerError(
      'FailedToParse',
      'arrayFilters may not be specified for pipeline-style updates',
    );
  }
  const transform = compileDocumentStages([...update], variables, collation);
  return {
    kind: 'pipeline',
    apply: (document) => replaceDocument(document, transform(document)),
    buildUpsert: (equalities) => {
      const start = documentOfEqualities(equalities);
      return replaceDocument(start, transform(start)).document;
    },
  };
}

function idFirst(document: BsonDocument): BsonDocument {
  const id = document.get('_id');
  if (id === undefined || document.keys().next().value === '_id') return document;
  return new Map([['_id', id], ...document]);
}
