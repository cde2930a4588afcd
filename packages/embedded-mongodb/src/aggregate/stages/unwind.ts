import { Long } from 'bson';
import { MongoServerError } from '../../errors';
import { parseFieldPath } from '../../expression/field-path';
import { rootOf } from '../../plan/index-candidate';
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

/** Makes the documents that come out of one that goes in. */
interface Unwinder {
  /** A copy with the element, or nothing, in the place of the array. */
  replace(document: BsonDocument, value: MaybeValue, index: Long | null): BsonDocument;
  /** The document as it is: there is no array to replace. */
  keep(document: BsonDocument): BsonDocument;
}

function unwinderFor(names: readonly string[], indexPath: string | undefined): Unwinder {
  const indexNames = indexPath === undefined ? undefined : parseFieldPath(indexPath);
  const withIndex = (document: BsonDocument, index: Long | null): BsonDocument =>
    indexNames ? withNested(document, indexNames, index) : document;
  return {
    replace: (document, value, index) =>
      inheritMetadata(document, withIndex(withNested(document, names, value), index)),
    keep: (document) =>
      indexNames ? inheritMetadata(document, withIndex(document, null)) : document,
  };
}

function* unwindDocument(
  document: BsonDocument,
  names: readonly string[],
  preservesEmpty: boolean,
  unwinder: Unwinder,
): Generator<BsonDocument> {
  const value = getNested(document, names);
  if (Array.isArray(value) && value.length > 0) {
    for (let index = 0; index < value.length; index += 1) {
      yield unwinder.replace(document, value[index], Long.fromNumber(index));
    }
  } else if (Array.isArray(value)) {
    if (preservesEmpty) yield unwinder.replace(document, undefined, null);
  } else if ((value !== null && value !== undefined) || preservesEmpty) {
    yield unwinder.keep(document);
  }
}

function compileUnwind({ name, specification }: StageSite): Stage {
  const options = optionsOf(specification);
  const names = parseFieldPath(options.path);
  const unwinder = unwinderFor(names, options.indexPath);
  async function* run(input: DocumentStream): DocumentStream {
    let output: BsonDocument[] = [];
    for await (const chunk of input) {
      for (const document of chunk) {
        for (const unwound of unwindDocument(document, names, options.preservesEmpty, unwinder)) {
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
    reads: [options.path, options.indexPath ?? options.path].map(rootOf),
  };
}

export const UNWIND_STAGES: StageTable = { $unwind: compileUnwind };
