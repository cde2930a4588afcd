import { MongoServerError } from '../errors';
import { asIndex } from '../values/numbers';
import { compareStrings } from '../values/strings';
import type { ElementFilter, UpdateLeaf } from './types';

/** An update as a tree over the paths it touches, so that conflicts show and order is fixed. */
export type UpdateNode = LeafNode | FieldsNode | ElementsNode;

export interface LeafNode {
  readonly kind: 'leaf';
  readonly leaf: UpdateLeaf;
}

/** Children by field name or array position; `$` is resolved when the update is applied. */
export interface FieldsNode {
  readonly kind: 'fields';
  readonly children: Map<string, UpdateNode>;
}

/** Children by array filter identifier; the empty one is `$[]`. */
export interface ElementsNode {
  readonly kind: 'elements';
  readonly children: Map<string, ElementsChild>;
}

export interface ElementsChild {
  readonly filter: ElementFilter;
  readonly node: UpdateNode;
}

export const POSITIONAL = '$';

const conflict = (message: string): MongoServerError =>
  new MongoServerError('ConflictingUpdateOperators', message);

/** The identifier of a `$[identifier]` component; undefined for any other. */
export function elementsIdentifier(component: string): string | undefined {
  return component.length >= 3 && component.startsWith('$[') && component.endsWith(']')
    ? component.slice(2, -1)
    : undefined;
}

export const emptyFields = (): FieldsNode => ({ kind: 'fields', children: new Map() });

/** Finds the test of an array filter identifier. */
export type FilterLookup = (identifier: string, path: string) => ElementFilter;

/**
 * Adds a leaf at a path.
 * @throws MongoServerError 40 when another operator touches the same path or one above or below
 */
export function insertLeaf(
  root: FieldsNode,
  components: readonly string[],
  leaf: UpdateLeaf,
  lookup: FilterLookup,
): void {
  const path = components.join('.');
  let current: UpdateNode = root;
  components.forEach((component, index) => {
    const isLast = index === components.length - 1;
    const make = (): UpdateNode =>
      isLast ? { kind: 'leaf', leaf } : emptyNodeFor(components[index + 1] as string);
    const found = child(current, component);
    if (found === undefined) {
      current = attach(current, component, make(), (identifier) => lookup(identifier, path));
      return;
    }
    const expected = isLast ? undefined : emptyNodeFor(components[index + 1] as string).kind;
    if (found.kind !== expected) {
      const at = components.slice(0, index + 1).join('.');
      throw conflict(`Updating the path '${path}' would create a conflict at '${at}'`);
    }
    current = found;
  });
}

function emptyNodeFor(nextComponent: string): FieldsNode | ElementsNode {
  return elementsIdentifier(nextComponent) === undefined
    ? emptyFields()
    : { kind: 'elements', children: new Map() };
}

function child(node: UpdateNode, component: string): UpdateNode | undefined {
  if (node.kind === 'fields') return node.children.get(component);
  if (node.kind === 'leaf') return undefined;
  return node.children.get(elementsIdentifier(component) ?? component)?.node;
}

function attach(
  parent: UpdateNode,
  component: string,
  node: UpdateNode,
  lookup: (identifier: string) => ElementFilter,
): UpdateNode {
  if (parent.kind === 'fields') parent.children.set(component, node);
  if (parent.kind === 'elements') {
    const identifier = elementsIdentifier(component) ?? '';
    parent.children.set(identifier, { filter: lookup(identifier), node });
  }
  return node;
}

/**
 * Joins the updates of one array element that several filters matched.
 * @throws MongoServerError 40 when they touch the same path
 */
export function mergeNodes(a: UpdateNode, b: UpdateNode, path: readonly string[]): UpdateNode {
  if (a.kind === 'fields' && b.kind === 'fields') {
    const children = new Map(a.children);
    for (const [name, node] of b.children) {
      const own = children.get(name);
      children.set(name, own === undefined ? node : mergeNodes(own, node, [...path, name]));
    }
    return { kind: 'fields', children };
  }
  if (a.kind === 'elements' && b.kind === 'elements') {
    const children = new Map(a.children);
    for (const [identifier, other] of b.children) {
      const own = children.get(identifier);
      const node =
        own === undefined
          ? other.node
          : mergeNodes(own.node, other.node, [...path, `$[${identifier}]`]);
      children.set(identifier, { filter: other.filter, node });
    }
    return { kind: 'elements', children };
  }
  throw conflict(`Update created a conflict at '${path.join('.')}'`);
}

const SORTED = new WeakMap<FieldsNode, readonly (readonly [string, UpdateNode])[]>();

/**
 * The children in the order in which MongoDB applies them: numeric names by number, others by name.
 * The positional child takes the place of the array position that it stands for.
 */
export function orderedChildren(
  node: FieldsNode,
  arrayIndex: number | undefined,
  path: readonly string[],
): readonly (readonly [string, UpdateNode])[] {
  const positional = node.children.get(POSITIONAL);
  if (positional === undefined) {
    const known = SORTED.get(node);
    if (known !== undefined) return known;
    const sorted = [...node.children].sort(([a], [b]) => compareNames(a, b));
    SORTED.set(node, sorted);
    return sorted;
  }
  if (arrayIndex === undefined) {
    throw new MongoServerError(
      'BadValue',
      'The positional operator did not find the match needed from the query.',
    );
  }
  const children = new Map(node.children);
  children.delete(POSITIONAL);
  const name = String(arrayIndex);
  const own = children.get(name);
  children.set(name, own === undefined ? positional : mergeNodes(own, positional, [...path, name]));
  return [...children].sort(([a], [b]) => compareNames(a, b));
}

function compareNames(a: string, b: string): number {
  const left = asIndex(a);
  const right = asIndex(b);
  if (left !== undefined && right !== undefined) return left - right;
  return compareStrings(a, b);
}
