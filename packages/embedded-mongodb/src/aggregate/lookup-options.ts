import { MongoServerError } from '../errors';
import { parseFieldPath } from '../expression/field-path';
import { formatValue } from '../expression/format';
import { bsonTypeName } from '../values/compare';
import type { BsonDocument, Value } from '../values/types';
import { stagesOf } from './stage-entry';

/** A parsed `$lookup`. */
export interface LookupOptions {
  /** Undefined when the pipeline begins with `$documents`. */
  readonly from: string | undefined;
  readonly as: readonly string[];
  readonly join: { readonly localField: string; readonly foreignField: string } | undefined;
  readonly pipeline: readonly BsonDocument[] | undefined;
  readonly let: BsonDocument;
}

const STRING_ARGUMENTS = ['as', 'localField', 'foreignField'];
const ARGUMENTS = ['from', 'let', 'pipeline', ...STRING_ARGUMENTS];

function failed(message: string): MongoServerError {
  return new MongoServerError('FailedToParse', message);
}

function checkArguments(specification: BsonDocument): void {
  for (const [argument, value] of specification) {
    if (!ARGUMENTS.includes(argument)) throw failed(`unknown argument to $lookup: ${argument}`);
    if (STRING_ARGUMENTS.includes(argument) && typeof value !== 'string') {
      throw failed(
        `$lookup argument '${argument}: ${formatValue(value)}' must be a string, is type ${bsonTypeName(value)}`,
      );
    }
    if (argument === 'let' && !(value instanceof Map)) {
      throw failed(
        `$lookup argument '${argument}: ${formatValue(value)}' must be an object, is type ${bsonTypeName(value)}`,
      );
    }
  }
}

function fromOf(specification: BsonDocument, pipeline: readonly BsonDocument[] | undefined) {
  const from = specification.get('from');
  if (typeof from === 'string') return from;
  if (from !== undefined) {
    throw failed(`$lookup 'from' field must be a string, but found ${bsonTypeName(from)}`);
  }
  if (!pipeline) throw failed("must specify 'pipeline' when 'from' is empty");
  if (pipeline[0]?.has('$documents')) return undefined;
  throw failed(
    '$lookup stage without explicit collection must have a pipeline with $documents as first stage',
  );
}

/**
 * Reads the specification of `$lookup`.
 * @throws MongoServerError 9 FailedToParse
 * @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/lookup/
 */
export function parseLookup(specification: Value): LookupOptions {
  if (!(specification instanceof Map)) {
    throw failed(
      `the $lookup stage specification must be an object, but found ${bsonTypeName(specification)}`,
    );
  }
  checkArguments(specification);
  const text = (argument: string): string | undefined => {
    const value = specification.get(argument);
    return typeof value === 'string' ? value : undefined;
  };
  const stages = specification.get('pipeline');
  const pipeline = stages === undefined ? undefined : stagesOf(stages, "'pipeline' option");
  const from = fromOf(specification, pipeline);
  const as = text('as');
  if (as === undefined) throw failed("must specify 'as' field for a $lookup");
  const localField = text('localField');
  const foreignField = text('foreignField');
  if ((localField === undefined) !== (foreignField === undefined)) {
    throw failed(
      "$lookup requires both or neither of 'localField' and 'foreignField' to be specified",
    );
  }
  if (!pipeline && localField === undefined) {
    throw failed(
      "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified",
    );
  }
  const letVariables = specification.get('let');
  if (letVariables !== undefined && !pipeline) {
    throw failed("$lookup with a 'let' argument must also specify 'pipeline'");
  }
  if (localField !== undefined) parseFieldPath(localField);
  if (foreignField !== undefined) parseFieldPath(foreignField);
  return {
    from,
    as: parseFieldPath(as),
    join:
      localField === undefined || foreignField === undefined
        ? undefined
        : { localField, foreignField },
    pipeline,
    let: letVariables instanceof Map ? letVariables : new Map<string, Value>(),
  };
}
