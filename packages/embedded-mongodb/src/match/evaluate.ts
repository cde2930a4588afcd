import { isTruthy } from '../expression/truth';
import { splitPath, visitPath, type LeafArrays, type PathVisitor } from '../values/paths';
import type { BsonDocument, Value } from '../values/types';
import { compileCollatedTest } from './collated';
import { compileLeafTest } from './leaf-tests';
import type { DocumentTest, ElementTest, MatchNode, Predicate } from './types';

/** Turns a tree into one closure; nothing is decided anew from document to document. */
export function compileNode(node: MatchNode): DocumentTest {
  switch (node.kind) {
    case 'and':
      return everyTest(node.children.map(compileNode));
    case 'or':
      return someTest(node.children.map(compileNode));
    case 'nor': {
      const anyChild = someTest(node.children.map(compileNode));
      return (document) => !anyChild(document, undefined);
    }
    case 'path':
      return compilePredicate(node.path, node.predicate);
    case 'expression': {
      const { expression } = node;
      return (document) => isTruthy(expression.evaluate({ root: document }));
    }
    case 'text':
      // The text index has answered it: only documents that match come here.
      return () => true;
    case 'always': {
      const { value } = node;
      return () => value;
    }
  }
}

function everyTest(tests: readonly DocumentTest[]): DocumentTest {
  const [first, second] = tests;
  if (tests.length === 2 && first !== undefined && second !== undefined) {
    return (document, details) => first(document, details) && second(document, details);
  }
  return (document, details) => {
    for (const test of tests) {
      if (!test(document, details)) return false;
    }
    return true;
  };
}

function someTest(tests: readonly DocumentTest[]): DocumentTest {
  return (document, details) => {
    for (const test of tests) {
      if (test(document, details)) return true;
    }
    return false;
  };
}

function compilePredicate(path: string, predicate: Predicate): DocumentTest {
  switch (predicate.op) {
    case 'ne':
      return noneTest(path, [{ op: 'eq', value: predicate.value }]);
    case 'nin':
      return noneTest(path, [{ ...predicate, op: 'in' }]);
    case 'not':
      return noneTest(path, predicate.predicates);
    case 'exists':
      if (!predicate.exists) return noneTest(path, [{ op: 'exists', exists: true }]);
      return pathTest(path, 'elements-and-array', compileElement(predicate));
    case 'all':
      if (predicate.predicates.length === 0) return () => false;
      return everyTest(predicate.predicates.map((part) => compilePredicate(path, part)));
    case 'size':
    case 'elemMatchValue':
    case 'elemMatchObject':
      return pathTest(path, 'array-only', compileElement(predicate));
    default:
      return pathTest(path, 'elements-and-array', compileElement(predicate));
  }
}

/** A negation: true where the conditions do not all hold at the path. */
function noneTest(path: string, conditions: readonly Predicate[]): DocumentTest {
  const test = everyTest(conditions.map((condition) => compilePredicate(path, condition)));
  return (document) => !test(document, undefined);
}

/** The test of one value, as `$elemMatch` applies it to each element. */
function compileElement(predicate: Predicate): ElementTest {
  switch (predicate.op) {
    case 'ne':
      return negation([{ op: 'eq', value: predicate.value }]);
    case 'nin':
      return negation([{ ...predicate, op: 'in' }]);
    case 'not':
      return negation(predicate.predicates);
    case 'all':
      return predicate.predicates.length === 0
        ? () => false
        : everyElementTest(predicate.predicates.map(compileElement));
    case 'elemMatchValue':
      return compileElemMatchValue(predicate.predicates);
    case 'elemMatchObject':
      return compileElemMatchObject(predicate.node);
    case 'collated':
      return compileCollatedTest(predicate.comparison, predicate.collation);
    default:
      return compileLeafTest(predicate);
  }
}

function negation(conditions: readonly Predicate[]): ElementTest {
  const test = everyElementTest(conditions.map(compileElement));
  return (value) => !test(value, undefined);
}

function everyElementTest(tests: readonly ElementTest[]): ElementTest {
  if (tests.length === 1 && tests[0] !== undefined) return tests[0];
  return (value, details) => tests.every((test) => test(value, details));
}

function compileElemMatchValue(predicates: readonly Predicate[]): ElementTest {
  const test = everyElementTest(predicates.map(compileElement));
  return (value, details) => {
    if (!Array.isArray(value)) return false;
    const index = value.findIndex((element) => test(element, undefined));
    if (index === -1) return false;
    if (details !== undefined) details.arrayIndex = index;
    return true;
  };
}

function compileElemMatchObject(node: MatchNode): ElementTest {
  const test = compileNode(node);
  return (value, details) => {
    if (!Array.isArray(value)) return false;
    for (let index = 0; index < value.length; index++) {
      const element = asDocument(value[index] as Value);
      if (element === undefined || !test(element, undefined)) continue;
      if (details !== undefined) details.arrayIndex = index;
      return true;
    }
    return false;
  };
}

/** `$elemMatch` sees an inner array as a document named by its positions. */
function asDocument(element: Value): BsonDocument | undefined {
  if (element instanceof Map) return element;
  if (!Array.isArray(element)) return undefined;
  return new Map(element.map((value, index) => [String(index), value]));
}

/** Applies a test to the values at a path, with the array semantics of find. */
function pathTest(path: string, leafArrays: LeafArrays, test: ElementTest): DocumentTest {
  const components = splitPath(path);
  if (components.length === 1) return fieldTest(path, leafArrays, test);
  const plainVisitor: PathVisitor = (value) => test(value, undefined);
  return (document, details) => {
    if (details === undefined) return visitPath(document, components, leafArrays, plainVisitor);
    return visitPath(document, components, leafArrays, (value, arrayIndex) => {
      if (!test(value, details)) return false;
      if (arrayIndex !== undefined) details.arrayIndex = arrayIndex;
      return true;
    });
  };
}

function fieldTest(name: string, leafArrays: LeafArrays, test: ElementTest): DocumentTest {
  const looksInside = leafArrays === 'elements-and-array';
  return (document, details) => {
    const value = document.get(name);
    if (looksInside && Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        if (test(value[index], details)) {
          if (details !== undefined) details.arrayIndex = index;
          return true;
        }
      }
    }
    return test(value, details);
  };
}
