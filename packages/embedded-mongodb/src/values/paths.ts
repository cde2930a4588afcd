import { asIndex } from './numbers';
import type { BsonDocument, MaybeValue, Value } from './types';

const SPLIT_PATHS = new Map<string, readonly string[]>();
const SPLIT_PATHS_LIMIT = 4096;

/** The components of a dotted path; the answer is shared, so it is read-only. */
export function splitPath(path: string): readonly string[] {
  const known = SPLIT_PATHS.get(path);
  if (known !== undefined) return known;
  if (SPLIT_PATHS.size >= SPLIT_PATHS_LIMIT) SPLIT_PATHS.clear();
  const components = path.split('.');
  SPLIT_PATHS.set(path, components);
  return components;
}

/**
 * The value at a dotted path, not looking through arrays (a numeric component indexes one).
 * @returns undefined when it is missing
 */
export function getPath(document: BsonDocument, path: string): MaybeValue {
  if (!path.includes('.')) return document.get(path);
  let current: MaybeValue = document;
  for (const component of splitPath(path)) {
    if (current instanceof Map) {
      current = current.get(component);
    } else if (Array.isArray(current)) {
      const index = asIndex(component);
      current = index === undefined ? undefined : current[index];
    } else {
      return undefined;
    }
  }
  return current;
}

/** How a walk treats an array at the end of its path. */
export type LeafArrays = 'elements-and-array' | 'array-only';

/**
 * Called for each value that a query predicate on the path looks at.
 * @param arrayIndex the position in the outermost implicitly traversed array, for positional `$`
 * @returns true to stop the walk
 */
export type PathVisitor = (value: MaybeValue, arrayIndex: number | undefined) => boolean;

/**
 * Walks a document as a find predicate does (manual: "Query an Array of Embedded Documents"):
 * arrays on the way are looked through, numeric components are both an array position and a field
 * name, and an array at the end counts both element by element and, last, as a whole.
 * A path that ends at a scalar or an absent field yields one undefined; an array without documents
 * on the way yields nothing.
 * @returns true when the visitor stopped the walk
 */
export function visitPath(
  document: BsonDocument,
  components: readonly string[],
  leafArrays: LeafArrays,
  visit: PathVisitor,
): boolean {
  return visitDocument(document, components, 0, leafArrays, undefined, visit);
}

function visitDocument(
  document: BsonDocument,
  components: readonly string[],
  start: number,
  leafArrays: LeafArrays,
  arrayIndex: number | undefined,
  visit: PathVisitor,
): boolean {
  let current: MaybeValue = document;
  let depth = start;
  while (depth < components.length) {
    if (!(current instanceof Map)) return visit(undefined, arrayIndex);
    current = current.get(components[depth] as string);
    depth++;
    if (Array.isArray(current)) {
      if (depth === components.length) {
        return visitLeafArray(current, leafArrays, arrayIndex, visit);
      }
      return visitArray(current, components, depth, leafArrays, arrayIndex, visit);
    }
  }
  return visit(current, arrayIndex);
}

function visitLeafArray(
  array: Value[],
  leafArrays: LeafArrays,
  arrayIndex: number | undefined,
  visit: PathVisitor,
): boolean {
  if (leafArrays === 'elements-and-array') {
    for (let index = 0; index < array.length; index++) {
      if (visit(array[index], arrayIndex ?? index)) return true;
    }
  }
  return visit(array, arrayIndex);
}

/** An array in the middle of a path: its documents, and the element that a numeric component names. */
function visitArray(
  array: Value[],
  components: readonly string[],
  depth: number,
  leafArrays: LeafArrays,
  arrayIndex: number | undefined,
  visit: PathVisitor,
): boolean {
  const named = asIndex(components[depth] as string);
  for (let index = 0; index < array.length; index++) {
    const element = array[index] as Value;
    if (element instanceof Map) {
      const outermost = arrayIndex ?? index;
      if (visitDocument(element, components, depth, leafArrays, outermost, visit)) return true;
    }
    if (
      index === named &&
      visitNamed(element, components, depth + 1, leafArrays, arrayIndex, visit)
    ) {
      return true;
    }
  }
  return false;
}

/** The element that a numeric component names explicitly: it is not looked through as a leaf. */
function visitNamed(
  element: Value,
  components: readonly string[],
  depth: number,
  leafArrays: LeafArrays,
  arrayIndex: number | undefined,
  visit: PathVisitor,
): boolean {
  if (depth === components.length) return visit(element, arrayIndex);
  if (element instanceof Map) {
    return visitDocument(element, components, depth, leafArrays, arrayIndex, visit);
  }
  if (Array.isArray(element)) {
    return visitArray(element, components, depth, leafArrays, arrayIndex, visit);
  }
  return false;
}

/** The values that a find predicate on `path` looks at; see visitPath. */
export function expandPath(document: BsonDocument, path: string): { values: MaybeValue[] } {
  const values: MaybeValue[] = [];
  visitPath(document, splitPath(path), 'elements-and-array', (value) => {
    values.push(value);
    return false;
  });
  return { values };
}

export { extractIndexKeys, type IndexKeys } from './index-keys';
