import { MongoServerError } from '../errors';
import { parseFieldPath } from '../expression/field-path';
import type { BsonDocument, Value } from '../values/types';
import { inStage } from './stage-context';

/** The fields to drop at one level: true drops the field, a map drops inside it. */
type DropTree = Map<string, DropTree | true>;

function addPath(tree: DropTree, path: string): void {
  const names = parseFieldPath(path);
  let level = tree;
  names.forEach((name, index) => {
    const existing = level.get(name);
    if (existing === true && index < names.length - 1) {
      const rest = names.slice(index + 1).join('.');
      throw new MongoServerError(31249, `Path collision at ${path} remaining portion ${rest}`);
    }
    if (existing && index === names.length - 1) {
      throw new MongoServerError(31250, `Path collision at ${path}`);
    }
    if (index === names.length - 1 || existing === true) {
      level.set(name, true);
      return;
    }
    const inner = existing ?? new Map<string, DropTree | true>();
    level.set(name, inner);
    level = inner;
  });
}

function dropFrom(document: BsonDocument, tree: DropTree): BsonDocument {
  const result: BsonDocument = new Map();
  for (const [name, value] of document) {
    const drop = tree.get(name);
    if (drop === undefined) result.set(name, value);
    else if (drop !== true) result.set(name, dropFromValue(value, drop));
  }
  return result;
}

function dropFromValue(value: Value, tree: DropTree): Value {
  if (value instanceof Map) return dropFrom(value, tree);
  return Array.isArray(value) ? value.map((element) => dropFromValue(element, tree)) : value;
}

/**
 * `$unset`: removes fields, also inside the documents of arrays.
 * @throws MongoServerError 31002, 31119, 31120 for a bad specification; 31249, 31250 and the codes
 *   of field paths after `Invalid $unset :: caused by ::`
 */
export function compileUnset(
  specification: Value,
  stageName: string,
): {
  transform: (document: BsonDocument) => BsonDocument;
  readonly paths: readonly string[];
} {
  if (typeof specification !== 'string' && !Array.isArray(specification)) {
    throw new MongoServerError(31002, '$unset specification must be a string or an array');
  }
  const listed: readonly Value[] = Array.isArray(specification) ? specification : [specification];
  if (listed.length === 0) {
    throw new MongoServerError(
      31119,
      '$unset specification must be a string or an array with at least one field',
    );
  }
  const paths = listed.map((path) => {
    if (typeof path === 'string') return path;
    throw new MongoServerError(
      31120,
      '$unset specification must be a string or an array containing only string values',
    );
  });
  const tree: DropTree = new Map();
  inStage(stageName, undefined, () => paths.forEach((path) => addPath(tree, path)));
  return { transform: (document) => dropFrom(document, tree), paths };
}
