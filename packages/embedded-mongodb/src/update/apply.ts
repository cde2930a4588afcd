import { MongoServerError } from '../errors';
import { formatValue } from '../expression/format';
import { formatElement } from '../match/operands';
import { asIndex } from '../values/numbers';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import {
  mergeNodes,
  orderedChildren,
  type ElementsNode,
  type FieldsNode,
  type UpdateNode,
} from './tree';
import { REMOVED, type LeafPosition, type Updated, type UpdateLeaf, type UpdateRun } from './types';

/** MongoDB fills at most this many absent positions with null when it extends an array. */
const MAX_PADDING = 1_500_000;

type Path = readonly string[];

/**
 * Applies a tree to a document. Containers on changed paths are copied, everything else is shared
 * with the original.
 * @returns the same document when nothing changed
 */
export function applyFields(
  node: FieldsNode,
  document: BsonDocument,
  path: Path,
  run: UpdateRun,
): BsonDocument {
  let copy: BsonDocument | undefined;
  for (const [name, child] of orderedChildren(node, run.arrayIndex, path)) {
    const current = document.get(name);
    const childPath = [...path, name];
    const next =
      current === undefined
        ? createNode(child, childPath, run)
        : applyNode(child, current, childPath, run);
    if (next === current) continue;
    copy ??= new Map(document);
    if (next === REMOVED) copy.delete(name);
    else copy.set(name, next as Value);
    if (current === undefined && path.length > 0) refuseNewIdPart(childPath, copy, run);
  }
  return copy ?? document;
}

function applyNode(node: UpdateNode, value: Value, path: Path, run: UpdateRun): Updated {
  switch (node.kind) {
    case 'leaf':
      return applyLeaf(node.leaf, value, { path, run });
    case 'elements':
      return applyElements(node, value, path, run);
    case 'fields':
      if (value instanceof Map) return applyFields(node, value, path, run);
      if (Array.isArray(value)) return applyPositions(node, value, path, run);
      for (const [name, child] of orderedChildren(node, run.arrayIndex, path)) {
        refuseUnviable(child, value, path, [name], run);
      }
      return value;
  }
}

function applyLeaf(leaf: UpdateLeaf, value: Value, position: LeafPosition): Updated {
  if (leaf.insertOnly === true && !position.run.isInsert) return value;
  const next = leaf.update(value, position);
  if (next === value) return value;
  position.run.changed = true;
  refuseDollarName(position);
  refuseIdChange(leaf, next, position);
  return next;
}

/** The value that the operators at and below a missing field give it. */
function createNode(node: UpdateNode, path: Path, run: UpdateRun): MaybeValue {
  if (node.kind === 'elements') throw mustExist(path);
  if (node.kind === 'leaf') {
    const { leaf } = node;
    if (!leaf.createsField || (leaf.insertOnly === true && !run.isInsert)) return undefined;
    const value = leaf.create({ path, run });
    if (value === undefined) return undefined;
    run.changed = true;
    refuseDollarName({ path, run });
    return value;
  }
  const created: BsonDocument = new Map();
  for (const [name, child] of orderedChildren(node, run.arrayIndex, path)) {
    const value = createNode(child, [...path, name], run);
    if (value !== undefined) created.set(name, value);
  }
  return created.size > 0 ? created : undefined;
}

function mustExist(path: Path): MongoServerError {
  return new MongoServerError(
    'BadValue',
    `The path '${path.join('.')}' must exist in the document in order to apply array updates.`,
  );
}

/** Operators at positions of an array. */
function applyPositions(node: FieldsNode, array: Value[], path: Path, run: UpdateRun): Value[] {
  let copy: Value[] | undefined;
  for (const [name, child] of orderedChildren(node, run.arrayIndex, path)) {
    const index = asIndex(name);
    if (index === undefined) {
      refuseUnviable(child, array, path, [name], run);
      continue;
    }
    const current = (copy ?? array)[index];
    const childPath = [...path, name];
    const next =
      current === undefined
        ? createNode(child, childPath, run)
        : applyNode(child, current, childPath, run);
    if (next === current) continue;
    copy ??= [...array];
    padTo(copy, index);
    copy[index] = next === REMOVED ? null : (next as Value);
  }
  return copy ?? array;
}

function padTo(array: Value[], length: number): void {
  if (length - array.length > MAX_PADDING) {
    throw new MongoServerError(
      'CannotBackfillArray',
      `can't backfill more than ${MAX_PADDING} elements`,
    );
  }
  while (array.length < length) array.push(null);
}

/** `$[]` and `$[id]`: the operators of every filter that an element passes, joined. */
function applyElements(node: ElementsNode, value: Value, path: Path, run: UpdateRun): Value {
  if (!Array.isArray(value)) {
    const element = formatElement(path.at(-1) ?? '', value);
    throw new MongoServerError(
      'BadValue',
      `Cannot apply array updates to non-array element ${element}`,
    );
  }
  let copy: Value[] | undefined;
  value.forEach((element, index) => {
    const elementPath = [...path, String(index)];
    const matching = [...node.children.values()].filter(({ filter }) => filter(element));
    if (matching.length === 0) return;
    const update = matching
      .map((child) => child.node)
      .reduce((merged, next) => mergeNodes(merged, next, elementPath));
    const next = applyNode(update, element, elementPath, run);
    if (next === element) return;
    copy ??= [...value];
    copy[index] = next === REMOVED ? null : next;
  });
  return copy ?? value;
}

/** Operators below `value`, which can hold no field of that name. */
function refuseUnviable(
  node: UpdateNode,
  value: Value,
  path: Path,
  pending: Path,
  run: UpdateRun,
): void {
  if (node.kind === 'fields') {
    for (const [name, child] of orderedChildren(node, run.arrayIndex, path)) {
      refuseUnviable(child, value, path, [...pending, name], run);
    }
    return;
  }
  if (node.kind === 'elements') throw mustExist([...path, ...pending]);
  const { leaf } = node;
  if (leaf.insertOnly === true && !run.isInsert) return;
  const element = formatElement(path.at(-1) ?? '', value);
  const part = pending[0] as string;
  if (leaf.createsField) {
    if (leaf.create({ path: [...path, ...pending], run }) === undefined) return;
    throw new MongoServerError(
      'PathNotViable',
      `Cannot create field '${part}' in element {${element}}`,
    );
  }
  if (leaf.ignoresUnviablePath === true) return;
  const whole = [...path, ...pending].join('.');
  throw new MongoServerError(
    'PathNotViable',
    `Cannot use the part (${part}) of (${whole}) to traverse the element ({${element}})`,
  );
}

/** What an upsert inserts may have such names, as any inserted document (manual: dollar-prefixed field names). */
function refuseDollarName({ path, run }: LeafPosition): void {
  const name = path[0] as string;
  if (run.isInsert || !name.startsWith('$')) return;
  throw new MongoServerError(
    'DollarPrefixedFieldName',
    `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an ` +
      "update's replacement document. Consider using an aggregation pipeline with $replaceWith.",
  );
}

/** `_id` never changes, neither as a whole nor in a part. */
function refuseIdChange(leaf: UpdateLeaf, next: Updated, { path }: LeafPosition): void {
  if (path[0] !== '_id') return;
  const full = path.join('.');
  const assigns = leaf.assignsDocument === true && path.length === 1 && next !== REMOVED;
  throw new MongoServerError(
    'ImmutableField',
    assigns
      ? `Updating the path '${full}' to ${formatElement('_id', next)} would modify the immutable field '_id'`
      : `Performing an update on the path '${full}' would modify the immutable field '_id'`,
  );
}

/** A new part of an existing `_id` changes it too. */
function refuseNewIdPart(path: Path, container: BsonDocument, run: UpdateRun): void {
  if (path[0] !== '_id' || !run.root.has('_id')) return;
  const name = path.at(-2) as string;
  throw new MongoServerError(
    'ImmutableField',
    `Updating the path '${path.slice(0, -1).join('.')}' to ${name}: ${formatValue(container)} ` +
      "would modify the immutable field '_id'",
  );
}
