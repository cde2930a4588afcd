import { MongoServerError } from '../errors';
import type { BsonDocument } from '../values/types';
import type { Invocation } from './command';

/** Stages that the Stable API's version 1 leaves out (manual: "Stable API", aggregation stages). */
const NOT_IN_API_VERSION_1 = new Set(['$collStats', '$listLocalSessions']);

const WRITING_STAGES = new Set(['$out', '$merge']);

/** `$out` and `$merge` can only come last. */
export function writingStage(stages: readonly BsonDocument[]): string | undefined {
  const [name] = stages.at(-1)?.keys() ?? [];
  return name !== undefined && WRITING_STAGES.has(name) ? name : undefined;
}

/**
 * What a pipeline's stages refuse because of the command's other fields.
 * @throws MongoServerError 263 for a write inside a transaction, 72 for a write with read concern
 *   "linearizable", 323 for stages that `apiStrict` rules out
 */
export function assertStagesAllowed(
  { generic, arguments: { body } }: Invocation,
  stages: readonly BsonDocument[],
): void {
  const writer = writingStage(stages);
  if (writer !== undefined && generic.inTransaction) {
    throw new MongoServerError(
      'OperationNotSupportedInTransaction',
      `Stage not supported inside of a multi-document transaction: ${writer}`,
    );
  }
  if (writer !== undefined && generic.readConcern?.level === 'linearizable') {
    throw new MongoServerError(
      'InvalidOptions',
      `Command aggregate does not support { readConcern: { level: "linearizable", provenance: "clientSupplied" } } :: caused by :: ${writer} cannot be used with a 'linearizable' read concern level`,
    );
  }
  if (body.get('apiStrict') === true) stages.forEach(assertInApiVersion1);
}

function assertInApiVersion1(stage: BsonDocument): void {
  const [[name, specification] = ['', undefined]] = stage;
  if (!NOT_IN_API_VERSION_1.has(name)) return;
  if (name === '$collStats' && specification instanceof Map) {
    // Older drivers estimate counts this way.
    if ([...specification.keys()].every((option) => option === 'count')) return;
    throw new MongoServerError(
      'APIStrictError',
      "Only the 'count' option to $collStats is supported in API Version 1",
    );
  }
  throw new MongoServerError(
    'APIStrictError',
    `stage ${name} is not allowed with 'apiStrict: true' in API Version 1`,
  );
}
