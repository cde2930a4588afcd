import type { Environment } from '../expression/types';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import type { ProjectionNode, ProjectionTree } from './types';

/** Keeps the named fields, in the document's order; looks through arrays of documents. */
export function includeFields(tree: ProjectionTree, document: BsonDocument): BsonDocument {
  const result: BsonDocument = new Map();
  let remaining = tree.children.size;
  for (const [name, value] of document) {
    const child = tree.children.get(name);
    if (child === undefined) continue;
    const kept = includeChild(child, value);
    if (kept !== undefined) result.set(name, kept);
    if (--remaining === 0) break;
  }
  return result;
}

function includeChild(node: ProjectionNode, value: Value): MaybeValue {
  switch (node.kind) {
    case 'tree':
      return includeWithin(node, value);
    case 'flag':
      return node.included ? value : undefined;
    case 'slice':
    case 'positional':
      return value;
    case 'expression':
    case 'elemMatch':
      return undefined;
  }
}

/**
 * Of a field whose parts are included, what is no document has no such parts and is dropped, unless
 * parts are computed as well: then it gives way to a document of those.
 */
function includeWithin(tree: ProjectionTree, value: Value): MaybeValue {
  if (value instanceof Map) return includeFields(tree, value);
  if (!Array.isArray(value)) return undefined;
  const kept = value.map((element) => includeWithin(tree, element));
  if (!hasComputedFields(tree)) return kept.filter((element) => element !== undefined);
  return kept.map((element) => element ?? new Map());
}

/** Drops the named fields; looks through arrays of documents. */
export function excludeFields(tree: ProjectionTree, document: BsonDocument): BsonDocument {
  const result: BsonDocument = new Map();
  for (const [name, value] of document) {
    const child = tree.children.get(name);
    if (child === undefined) result.set(name, value);
    else if (child.kind === 'tree') result.set(name, excludeWithin(child, value));
    else if (child.kind !== 'flag') result.set(name, value);
  }
  return result;
}

function excludeWithin(tree: ProjectionTree, value: Value): Value {
  if (value instanceof Map) return excludeFields(tree, value);
  if (!Array.isArray(value)) return value;
  return value.map((element) => excludeWithin(tree, element));
}

/** True when some field at or below the node is computed. */
export function hasComputedFields(node: ProjectionNode): boolean {
  if (node.kind === 'tree') return [...node.children.values()].some(hasComputedFields);
  return node.kind === 'expression' || node.kind === 'elemMatch';
}

/** Adds the computed fields to `output`, in the order of the projection. */
export function addComputedFields(
  tree: ProjectionTree,
  output: BsonDocument,
  environment: Environment,
): void {
  for (const [name, node] of tree.children) {
    if (!hasComputedFields(node)) continue;
    const value =
      node.kind === 'tree'
        ? computeWithin(node, output.get(name), environment)
        : computeField(node, environment);
    if (value === undefined) output.delete(name);
    else output.set(name, value);
  }
}

function computeField(node: ProjectionNode, environment: Environment): MaybeValue {
  if (node.kind === 'expression') return node.expression.evaluate(environment);
  if (node.kind !== 'elemMatch') return undefined;
  const array = environment.root.get(node.field);
  if (!Array.isArray(array)) return undefined;
  const { matched, arrayIndex } = node.match.matchWithPosition(environment.root);
  return matched && arrayIndex !== undefined ? [array[arrayIndex] as Value] : undefined;
}

function computeWithin(tree: ProjectionTree, value: MaybeValue, environment: Environment): Value {
  if (Array.isArray(value)) return value.map((entry) => computeWithin(tree, entry, environment));
  const result: BsonDocument = new Map(value instanceof Map ? value : []);
  addComputedFields(tree, result, environment);
  return result;
}
