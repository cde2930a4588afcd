import { MongoServerError } from '../../errors';
import { compileExpression } from '../../expression/compile';
import { formatValue } from '../../expression/format';
import type { CompileScope } from '../../expression/types';
import { rootOf } from '../../plan/index-candidate';
import { compileProjection } from '../../project/compile';
import { bsonTypeName } from '../../values/compare';
import { isNumeric, isZeroNumber } from '../../values/numbers';
import { inheritMetadata, metadataOf } from '../../values/metadata';
import type { BsonDocument, Value } from '../../values/types';
import { compileAddFields } from '../add-fields';
import { fieldsOfExpression, rootsOf } from '../fields-read';
import { pathsOverlap } from '../nested-fields';
import { inStage } from '../stage-context';
import { mapChunks } from '../stream';
import type { Stage, StageSite, StageTable } from '../types';
import { compileUnset } from '../unset-fields';

/** A stage that makes one document out of each, and keeps what is known beside the document. */
export function transformStage(
  name: string,
  transform: (document: BsonDocument) => BsonDocument,
  more: Pick<Stage, 'changes' | 'reads' | 'replaces'> = {},
): Stage {
  const apply = (document: BsonDocument): BsonDocument =>
    inheritMetadata(document, transform(document));
  return {
    name,
    run: (input) => mapChunks(input, (chunk) => chunk.map(apply)),
    transform: apply,
    isOneToOne: true,
    ...more,
  };
}

function overlapsAny(paths: readonly string[]): (path: string) => boolean {
  return (path) => paths.some((changed) => pathsOverlap(changed, path));
}

function compileAddFieldsStage({ name, specification, scope }: StageSite): Stage {
  const { transform, paths } = compileAddFields(specification, scope, name);
  const computed = fieldsOfExpression(specification);
  // A dotted path goes into what is there.
  const reads = computed && [...computed, ...paths.map(rootOf)];
  return transformStage(name, transform, { changes: overlapsAny(paths), reads });
}

function compileUnsetStage({ name, specification }: StageSite): Stage {
  const { transform, paths } = compileUnset(specification, name);
  return transformStage(name, transform, { changes: overlapsAny(paths), reads: [] });
}

/** Whether an inclusion keeps the value at a path as it is: it names the path or one above it. */
function keptBy(specification: BsonDocument): (path: string) => boolean {
  const kept = [...specification]
    .filter(([, value]) => value === true || (isNumeric(value) && !isZeroNumber(value)))
    .map(([path]) => path);
  if (!specification.has('_id')) kept.push('_id');
  return (path) => kept.some((field) => path === field || path.startsWith(`${field}.`));
}

function compileProjectStage({ name, specification, variables, scope }: StageSite): Stage {
  if (!(specification instanceof Map)) {
    throw new MongoServerError(15969, '$project specification must be an object');
  }
  const { constantErrorPrefix, collation } = scope;
  const projection = inStage(name, constantErrorPrefix, () => {
    if (specification.size > 0) {
      return compileProjection(specification, {
        kind: 'aggregate',
        variables,
        collation,
        constantErrorPrefix,
      });
    }
    throw new MongoServerError(51272, 'projection specification must have at least one field');
  });
  const keeps = keptBy(specification);
  const overlaps = overlapsAny([...specification.keys()]);
  const computed = fieldsOfExpression(specification);
  return transformStage(name, (document) => projection.apply(document, metadataOf(document)), {
    changes: projection.isInclusion ? (path) => !keeps(path) : overlaps,
    reads: projection.isInclusion
      ? computed && ['_id', ...rootsOf(specification), ...computed]
      : [],
    replaces: projection.isInclusion,
  });
}

/** Compiles what `$replaceRoot` and `$replaceWith` have in common. */
export function compileReplacement(
  newRoot: Value,
  scope: CompileScope,
  what: string,
): (document: BsonDocument) => BsonDocument {
  const { evaluate } = compileExpression(newRoot, scope);
  return (document) => {
    const value = evaluate({ root: document });
    if (value instanceof Map) return value;
    throw new MongoServerError(
      40228,
      `${what} must evaluate to an object, but resulting value was: ${formatValue(value)}. Type of resulting value: '${bsonTypeName(value)}'. Input document: ${formatValue(document)}`,
    );
  };
}

/** The expression of `$replaceRoot: { newRoot: … }`. */
export function newRootOf(specification: Value): Value {
  if (!(specification instanceof Map)) {
    throw new MongoServerError(
      40229,
      `expected an object as specification for $replaceRoot stage, got ${bsonTypeName(specification)}`,
    );
  }
  for (const field of specification.keys()) {
    if (field !== 'newRoot') {
      throw new MongoServerError(
        40230,
        `unrecognized option to $replaceRoot stage: ${field}, only valid option is 'newRoot'.`,
      );
    }
  }
  const newRoot = specification.get('newRoot');
  if (newRoot !== undefined) return newRoot;
  throw new MongoServerError(40231, 'no newRoot specified for the $replaceRoot stage');
}

function compileReplaceRoot({ name, specification, scope }: StageSite): Stage {
  const newRoot = newRootOf(specification);
  return transformStage(name, compileReplacement(newRoot, scope, "'newRoot' expression"), {
    reads: fieldsOfExpression(newRoot),
    replaces: true,
  });
}

function compileReplaceWith({ name, specification, scope }: StageSite): Stage {
  return transformStage(name, compileReplacement(specification, scope, "'replacement document'"), {
    reads: fieldsOfExpression(specification),
    replaces: true,
  });
}

/** Stages that make one document out of each document. */
export const RESHAPE_STAGES: StageTable = {
  $addFields: compileAddFieldsStage,
  $project: compileProjectStage,
  $replaceRoot: compileReplaceRoot,
  $replaceWith: compileReplaceWith,
  $set: compileAddFieldsStage,
  $unset: compileUnsetStage,
};
