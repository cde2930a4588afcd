import { MongoServerError } from '../errors';
import { compileExpression } from '../expression/compile';
import { parseFieldPath } from '../expression/field-path';
import type { CompileScope, Environment, Evaluator } from '../expression/types';
import { bsonTypeName } from '../values/compare';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import { inStage } from './stage-context';

/** The computed fields of one level: a leaf has an expression, a branch has fields of its own. */
interface FieldNode {
  evaluate?: Evaluator;
  readonly children: Map<string, FieldNode>;
}

const NO_FIELDS: BsonDocument = new Map();

function newNode(): FieldNode {
  return { children: new Map() };
}

function conflict(path: string, other: string): MongoServerError {
  return new MongoServerError(
    40176,
    'specification contains two conflicting paths. ' +
      `Cannot specify both '${path}' and '${other}'`,
  );
}

/** The first path that is computed at or below a node. */
function firstPath({ children }: FieldNode, path: string): string {
  const [first] = children;
  return first === undefined ? path : firstPath(first[1], `${path}.${first[0]}`);
}

function addPath(root: FieldNode, path: string, value: Value, scope: CompileScope): void {
  const names = parseFieldPath(path);
  let node = root;
  names.forEach((name, index) => {
    if (node.evaluate) throw conflict(path, names.slice(0, index).join('.'));
    let child = node.children.get(name);
    if (!child) {
      child = newNode();
      node.children.set(name, child);
    }
    node = child;
  });
  addValue(node, path, value, scope);
}

function addValue(node: FieldNode, path: string, value: Value, scope: CompileScope): void {
  const isNested = value instanceof Map && ![...value.keys()][0]?.startsWith('$');
  if (!isNested) {
    if (node.evaluate || node.children.size > 0) throw conflict(path, firstPath(node, path));
    node.evaluate = compileExpression(value, scope).evaluate;
    return;
  }
  if (node.evaluate) throw conflict(path, path);
  if (value.size === 0) {
    throw new MongoServerError(
      40180,
      `an empty object is not a valid value. Found empty object at path ${path}`,
    );
  }
  for (const [name, inner] of value) {
    if (name.startsWith('$')) {
      throw new MongoServerError(
        16410,
        `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
      );
    }
    if (name.includes('.')) {
      throw new MongoServerError(
        40183,
        `FieldPath field names may not contain '.' in a nested object: ${path}.${name}`,
      );
    }
    const child = node.children.get(name) ?? newNode();
    node.children.set(name, child);
    addValue(child, `${path}.${name}`, inner, scope);
  }
}

function applyToDocument(
  document: BsonDocument,
  node: FieldNode,
  environment: Environment,
): BsonDocument {
  const result = new Map(document);
  for (const [name, child] of node.children) {
    const value = child.evaluate
      ? child.evaluate(environment)
      : applyToValue(result.get(name), child, environment);
    if (value === undefined) result.delete(name);
    else result.set(name, value);
  }
  return result;
}

function applyToValue(value: MaybeValue, node: FieldNode, environment: Environment): Value {
  if (Array.isArray(value)) return value.map((element) => applyToValue(element, node, environment));
  return applyToDocument(value instanceof Map ? value : NO_FIELDS, node, environment);
}

/**
 * Makes a function that puts values at paths, with the rules of `$addFields`.
 * @returns the function: from a document and one value for each path to a copy of the document
 */
export function compileComputedFields(
  paths: readonly string[],
): (document: BsonDocument, values: readonly MaybeValue[]) => BsonDocument {
  const root = newNode();
  let current: readonly MaybeValue[] = [];
  paths.forEach((path, index) => {
    let node = root;
    for (const name of parseFieldPath(path)) {
      const child = node.children.get(name) ?? newNode();
      node.children.set(name, child);
      node = child;
    }
    node.evaluate = () => current[index];
  });
  return (document, values) => {
    current = values;
    return applyToDocument(document, root, { root: document });
  };
}

/**
 * `$addFields`: computes fields against the whole incoming document. Dotted paths go into each
 * document of an array, and replace what is no document.
 * @throws MongoServerError 40272, 40176, 40177, 40180 for a bad specification
 */
export function compileAddFields(
  specification: Value,
  scope: CompileScope,
  stageName: string,
): { transform: (document: BsonDocument) => BsonDocument; readonly paths: readonly string[] } {
  if (!(specification instanceof Map)) {
    throw new MongoServerError(
      40272,
      `${stageName} specification stage must be an object, got ${bsonTypeName(specification)}`,
    );
  }
  const root = newNode();
  inStage(stageName, scope.constantErrorPrefix, () => {
    if (specification.size === 0) {
      throw new MongoServerError(40177, 'specification must have at least one field');
    }
    for (const [path, value] of specification) addPath(root, path, value, scope);
  });
  return {
    transform: (document) => applyToDocument(document, root, { root: document }),
    paths: [...specification.keys()],
  };
}
