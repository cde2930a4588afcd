import { MongoServerError } from '../../errors';
import { mapDocuments } from '../stream';
import type { BsonDocument, Value } from '../../values/types';
import { compileAddFields } from '../add-fields';
import { checkFields, stageDocument } from '../stage-fields';
import type { DocumentStream, Stage, StageSite, StageTable } from '../types';
import { bsonTypeName } from '../../values/compare';
import { compileSetWindowFields } from './set-window-fields';

const FIELDS = {
  partitionBy: { type: 'any', optional: true },
  partitionByFields: { type: 'array', optional: true },
  sortBy: { type: 'object', optional: true },
  output: { type: 'object' },
} as const;

const OUTPUT_FIELDS = {
  value: { type: 'any', optional: true },
  method: { type: 'string', optional: true },
} as const;

const FUNCTION_OF: Readonly<Record<string, string>> = { locf: '$locf', linear: '$linearFill' };

interface Output {
  /** Fields that a window function fills. */
  readonly byMethod: BsonDocument;
  /** Fields that take a value where they have none. */
  readonly byValue: BsonDocument;
}

function outputOf(output: BsonDocument): Output {
  if (output.size === 0) {
    throw new MongoServerError(
      6050203,
      "The output field in '$fill' must contain an object with at least one element",
    );
  }
  const byMethod: BsonDocument = new Map();
  const byValue: BsonDocument = new Map();
  for (const [field, specification] of output) {
    if (!(specification instanceof Map)) {
      throw new MongoServerError(
        6050200,
        'Each fill output specification must be an object with exactly one field',
      );
    }
    checkFields('$fill', specification, OUTPUT_FIELDS);
    const method = specification.get('method');
    const value = specification.get('value');
    if (typeof method === 'string') byMethod.set(field, filledBy(method, field, value));
    if (value !== undefined) byValue.set(field, new Map([['$ifNull', [`$${field}`, value]]]));
  }
  return { byMethod, byValue };
}

function filledBy(method: string, field: string, value: Value | undefined): Value {
  if (value !== undefined) {
    throw new MongoServerError(
      6050201,
      "Each fill output specification must have exactly one of 'method' or 'value' fields, not both",
    );
  }
  const name = FUNCTION_OF[method];
  if (name !== undefined) return new Map([[name, `$${field}`]]);
  throw new MongoServerError(6050202, 'Method must be either locf or linear');
}

function partitionOf(specification: BsonDocument): Value | undefined {
  const partitionBy = specification.get('partitionBy');
  const fields = specification.get('partitionByFields');
  if (partitionBy !== undefined && fields !== undefined) {
    throw new MongoServerError(
      6050204,
      "Maximum one of 'partitionBy' and 'partitionByFields can be specified in '$fill'",
    );
  }
  if (partitionBy !== undefined) {
    if (typeof partitionBy === 'string' || partitionBy instanceof Map) return partitionBy;
    throw new MongoServerError(
      'TypeMismatch',
      `BSON field '$fill.partitionBy' is the wrong type '${bsonTypeName(partitionBy)}', expected types '[string, object]'`,
    );
  }
  if (!Array.isArray(fields)) return undefined;
  return new Map(
    fields.map((field, index): [string, Value] => {
      if (typeof field === 'string') return [field, `$${field}`];
      throw new MongoServerError(
        'TypeMismatch',
        `BSON field '$fill.partitionByFields.${index}' is the wrong type '${bsonTypeName(field)}', expected type 'string'`,
      );
    }),
  );
}

/**
 * `$fill`, which is a `$setWindowFields` followed by an `$addFields`.
 * @throws MongoServerError 6050200 to 6050204, and what those two stages refuse
 * @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/fill/
 */
function compileFill(site: StageSite): Stage {
  const specification = stageDocument(site.name, site.specification);
  checkFields(site.name, specification, FIELDS);
  const { byMethod, byValue } = outputOf(specification.get('output') as BsonDocument);
  const partitionBy = partitionOf(specification);
  const sortBy = specification.get('sortBy');
  const windows =
    byMethod.size > 0
      ? compileSetWindowFields({
          ...site,
          name: '$setWindowFields',
          specification: new Map<string, Value>([
            ...(partitionBy === undefined ? [] : [['partitionBy', partitionBy] as const]),
            ...(sortBy === undefined ? [] : [['sortBy', sortBy] as const]),
            ['output', byMethod],
          ]),
        })
      : undefined;
  const values = byValue.size > 0 ? compileAddFields(byValue, site.scope, '$addFields') : undefined;
  return {
    name: site.name,
    run: (input): DocumentStream => {
      const filled = windows ? windows.run(input) : input;
      return values ? mapDocuments(filled, values.transform, site.source) : filled;
    },
  };
}

export const FILL_STAGES: StageTable = { $fill: compileFill };
