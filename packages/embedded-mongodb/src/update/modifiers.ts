import { MongoServerError } from '../errors';
import { formatValue } from '../expression/format';
import { formatElement } from '../match/operands';
import { bsonTypeName } from '../values/bson-types';
import type { BsonDocument, Value } from '../values/types';
import type { Collation } from '../values/collation';
import { applyFields } from './apply';
import { arithmeticLeaf, bitLeaf } from './arithmetic';
import { parseArrayFilters } from './array-filters';
import { currentDateLeaf, extremeLeaf, setLeaf, unsetLeaf } from './fields';
import { popLeaf, pullAllLeaf, pullLeaf } from './pull';
import { addToSetLeaf, pushLeaf } from './push';
import { checkRenamePaths, renameSourceLeaf, renameTargetLeaf, withoutPath } from './rename';
import {
  elementsIdentifier,
  emptyFields,
  insertLeaf,
  POSITIONAL,
  type FieldsNode,
  type FilterLookup,
} from './tree';
import type { ArrayFilters, UpdateContext, UpdateLeaf, UpdateResult, UpdateRun } from './types';

type LeafParser = (path: string, operand: Value, collation?: Collation) => UpdateLeaf;

const LEAF_PARSERS = new Map<string, LeafParser>([
  ['$set', (_path, operand) => setLeaf('$set', operand)],
  ['$setOnInsert', (_path, operand) => setLeaf('$setOnInsert', operand)],
  ['$unset', () => unsetLeaf()],
  ['$inc', (path, operand) => arithmeticLeaf('$inc', path, operand)],
  ['$mul', (path, operand) => arithmeticLeaf('$mul', path, operand)],
  ['$min', (_path, operand, collation) => extremeLeaf('$min', operand, collation)],
  ['$max', (_path, operand, collation) => extremeLeaf('$max', operand, collation)],
  ['$bit', (_path, operand) => bitLeaf(operand)],
  ['$currentDate', (_path, operand) => currentDateLeaf(operand)],
  ['$push', (_path, operand, collation) => pushLeaf(operand, collation)],
  ['$addToSet', (_path, operand, collation) => addToSetLeaf(operand, collation)],
  ['$pop', popLeaf],
  ['$pull', (_path, operand, collation) => pullLeaf(operand, collation)],
  ['$pullAll', (_path, operand, collation) => pullAllLeaf(operand, collation)],
]);

const RENAME = '$rename';

const failed = (message: string): MongoServerError =>
  new MongoServerError('FailedToParse', message);
const bad = (message: string): MongoServerError => new MongoServerError('BadValue', message);

/** Applies compiled modifiers to one document. */
export type ModifierProgram = (
  document: BsonDocument,
  context: UpdateContext,
  now: Date,
) => UpdateResult;

/**
 * Compiles `{ $set: …, $inc: … }` (manual: "Update Operators").
 * @throws MongoServerError 9, 2, 14, 40, 56 as MongoDB's parser
 */
export function compileModifiers(
  update: BsonDocument,
  arrayFilters: readonly BsonDocument[],
  collation?: Collation,
): ModifierProgram {
  const filters = parseArrayFilters(arrayFilters, collation);
  const root = parseTree(update, filters, collation);
  return (document, context, now) => run(root, document, context, now);
}

function run(
  root: FieldsNode,
  document: BsonDocument,
  context: UpdateContext,
  now: Date,
): UpdateResult {
  const state: UpdateRun = {
    root: document,
    arrayIndex: context.arrayIndex,
    isInsert: context.isInsert,
    now,
    changed: false,
    removals: [],
  };
  const updated = state.removals.reduce(withoutPath, applyFields(root, document, [], state));
  return state.changed ? { document: updated, changed: true } : { document, changed: false };
}

function parseTree(
  update: BsonDocument,
  filters: ArrayFilters,
  collation: Collation | undefined,
): FieldsNode {
  const root = emptyFields();
  const used = new Set<string>();
  const lookup: FilterLookup = (identifier, path) => {
    if (identifier === '') return () => true;
    const filter = filters.get(identifier);
    if (filter === undefined) {
      throw bad(`No array filter found for identifier '${identifier}' in path '${path}'`);
    }
    used.add(identifier);
    return filter;
  };
  for (const [operator, operands] of update) {
    const parser = LEAF_PARSERS.get(operator);
    if (parser === undefined && operator !== RENAME) {
      throw failed(
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update ` +
          'specified as an array',
      );
    }
    for (const [path, operand] of fieldsOf(operator, operands)) {
      if (parser === undefined) insertRename(root, path, operand, lookup);
      else insertLeaf(root, updatablePath(path), parser(path, operand, collation), lookup);
    }
  }
  refuseUnusedFilters(update, filters, used);
  return root;
}

function fieldsOf(operator: string, operands: Value): BsonDocument {
  if (operands instanceof Map) return operands;
  throw failed(
    `Modifiers operate on fields but we found type ${bsonTypeName(operands)} instead. For example: ` +
      `{$mod: {<field>: ...}} not {${formatElement(operator, operands)}}`,
  );
}

function insertRename(root: FieldsNode, from: string, operand: Value, lookup: FilterLookup): void {
  const source = updatablePath(from);
  const to = checkRenamePaths(from, operand);
  insertLeaf(root, source, renameSourceLeaf(), lookup);
  insertLeaf(root, updatablePath(to), renameTargetLeaf(source), lookup);
}

function refuseUnusedFilters(
  update: BsonDocument,
  filters: ArrayFilters,
  used: ReadonlySet<string>,
): void {
  for (const identifier of filters.keys()) {
    if (!used.has(identifier)) {
      throw failed(
        `The array filter for identifier '${identifier}' was not used in the update ` +
          formatValue(update),
      );
    }
  }
}

/** The components of a path that may be updated. */
function updatablePath(path: string): string[] {
  if (path === '') {
    throw new MongoServerError('EmptyFieldName', 'An empty update path is not valid.');
  }
  const components = path.split('.');
  if (components.includes('')) {
    throw new MongoServerError(
      'EmptyFieldName',
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  const positional = components.filter((component) => component === POSITIONAL);
  if (positional.length > 1) {
    throw bad(`Too many positional (i.e. '$') elements found in path '${path}'`);
  }
  if (components[0] === POSITIONAL) {
    throw bad(`Cannot have positional (i.e. '$') element in the first position in path '${path}'`);
  }
  if (elementsIdentifier(components[0] as string) !== undefined) {
    throw bad(
      `Cannot have array filter identifier (i.e. '$[<id>]') element in the first position in path '${path}'`,
    );
  }
  return components;
}
