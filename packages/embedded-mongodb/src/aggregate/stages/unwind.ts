import { Long } from 'bson';
import { MongoServerError } from '../../errors';
import { parseFieldPath } from '../../expression/field-path';
import { bsonTypeName } from '../../values/compare';
import { inheritMetadata } from '../../values/metadata';
import type { BsonDocument, MaybeValue, Value } from '../../values/types';
import { getNested, pathsOverlap, withNested } from '../nested-fields';
import type { DocumentStream, Stage, StageSite, StageTable } from '../types';
import { CHUNK_SIZE } from '../stream';

interface UnwindOptions {
  readonly path: string;
  readonly indexPath: string | undefined;
  readonly preservesEmpty: boolean;
}

function pathOf(path: Value): string {
  if (typeof path !== 'string') {
    throw new MongoServerError(
      28808,
      `expected a string as the path for $unwind stage, got ${bsonTypeName(path)}`,
    );
  }
  if (path.startsWith('$')) return path.slice(1);
  throw new MongoServerError(
    28818,
    `path option to $unwind stage should be prefixed with a '$': ${path}`,
  );
}

function indexPathOf(value: Value): string {
  if (typeof value !== 'string' || value === '') {
    throw new MongoServerError(
      28810,
      `expected a non-empty string for the includeArrayIndex  option to $unwind stage, got ${bsonTypeName(value)}`,
    );
  }
  if (!value.startsWith('$')) return value;
  throw new MongoServerError(
    28822,
    `includeArrayIndex option to $unwind stage should not be prefixed with a '$': ${value}`,
  );
}

function optionsOf(specification: Value): UnwindOptions {
  if (typeof specification === 'string') {
    return { path: pathOf(specification), indexPath: undefined, preservesEmpty: false };
  }
  if (!(specification instanceof Map)) {
    throw new MongoServerError(
      15981,
      `expected either a string or an object as specification for $unwind stage, got ${bsonTypeName(specification)}`,
    );
  }
  let path: string | undefined;
  let indexPath: string | undefined;
  let preservesEmpty = false;
  for (const [option, value] of specification) {
    if (option === 'path') path = pathOf(value);
    else if (option === 'includeArrayIndex') indexPath = indexPathOf(value);
    else if (option !== 'preserveNullAndEmptyArrays') {
      throw new MongoServerError(28811, `unrecognized option to $unwind stage: ${option}`);
    } else if (typeof value !== 'boolean') {
      throw new MongoServerError(
        28809,
        `expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage, got ${bsonTypeName(value)}`,
      );
    } else preservesEmpty = value;
  }
  if (path === undefined) throw new MongoServerError(28812, 'no path specified to $unwind stage');
  return { path, indexPath, preservesEmpty };
}

/** A copy of the document with the element, or nothing, in the place of the array. */
type Replace = (document: BsonDocument, value: MaybeValue, index: Long | null) => BsonDocument;

function replacer(options: UnwindOptions): Replace {
  const names = parseFieldPath(options.path);
  const indexNames =
    options.indexPath === undefined ? undefined : parseFieldPath(options.indexPath);
  return (document, value, index) => {
    const unwound = withNested(document, names, value);
    const result = indexNames ? withNested(unwound, indexNames, index) : unwound;
    return inheritMetadata(document, result);
  };
}

function* unwindDocument(
  document: BsonDocument,
  names: readonly string[],
  options: UnwindOptions,
  replace: Replace,
): Generator<BsonDocument> {
  const value = getNested(document, names);
  if (Array.isArray(value) && value.length > 0) {
    for (let index = 0; index < value.length; index += 1) {
      yield replace(document, value[index], Long.fromNumber(index));
    }
  } else if (Array.isArray(value)) {
    if (options.preservesEmpty) yield replace(document, undefined, null);
  } else if (value === null || value === undefined) {
    if (!options.preservesEmpty) return;
    yield options.indexPath === undefined ? document : replace(document, value, null);
  } else {
    yield options.indexPath === undefined ? document : replace(document, value, null);
  }
}

function compileUnwind({ name, specification }: StageSite): Stage {
  const options = optionsOf(specification);
  const names = parseFieldPath(options.path);
  const replace = replacer(options);
  async function* run(input: DocumentStream): DocumentStream {
    let output: BsonDocument[] = [];
    for await (const chunk of input) {
      for (const document of chunk) {
        for (const unwound of unwindDocument(document, names, options, replace)) {
          output.push(unwound);
          if (output.length < CHUNK_SIZE) continue;
          yield output;
          output = [];
        }
      }
      if (output.length > 0) yield output;
      output = [];
    }
  }
  return {
    name,
    run,
    changes: (path) =>
      pathsOverlap(path, options.path) ||
      (options.indexPath !== undefined && pathsOverlap(path, options.indexPath)),
  };
}

export const UNWIND_STAGES: StageTable = { $unwind: compileUnwind };
