import { MongoServerError } from '../errors';
import { compileExpression } from '../expression/compile';
import type { Variables } from '../expression/variables';
import { parseTextQuery } from '../text/query';
import { isNumeric } from '../values/bson-types';
import type { Collation } from '../values/collation';
import { toDouble } from '../values/numbers';
import type { BsonDocument, Value } from '../values/types';
import { BSONRegExp } from 'bson';
import { underCollation } from './collated';
import { isExpressionDocument, parseIntegerOrThrow } from './operands';
import { parseFieldOperators } from './parse-field';
import { compileRegex } from './regex';
import { parseSchema } from './schema/parse-schema';
import type { MatchNode, Predicate } from './types';

/** Where in the filter the parser stands, and what may be used there. */
export interface ParseContext {
  readonly variables?: Variables;
  /** False for array filters, `$pull` and `$elemMatch` operands that stand outside a query. */
  readonly allowSpecialOperators: boolean;
  /** True within `$elemMatch`: the operators that need the whole document are refused there. */
  readonly inSubdocument: boolean;
  readonly collation?: Collation;
}

type PathlessParser = (operand: Value, context: ParseContext) => MatchNode | undefined;

const bad = (message: string): MongoServerError => new MongoServerError('BadValue', message);

const notImplemented = (name: string): MongoServerError =>
  new MongoServerError('NotImplemented', `${name} is not supported`);

/** Operators that stand where a field name could. `undefined` means: nothing to test. */
const PATHLESS_PARSERS = new Map<string, PathlessParser>([
  ['$and', (operand, context) => parseTree('and', operand, context)],
  ['$or', (operand, context) => parseTree('or', operand, context)],
  ['$nor', (operand, context) => parseTree('nor', operand, context)],
  ['$comment', () => undefined],
  ['$expr', parseExpr],
  ['$text', parseText],
  ['$where', parseWhere],
  ['$sampleRate', parseSampleRate],
  ['$alwaysTrue', (operand) => parseAlways('$alwaysTrue', operand, true)],
  ['$alwaysFalse', (operand) => parseAlways('$alwaysFalse', operand, false)],
  ['$jsonSchema', parseJsonSchema],
  ['$ref', (operand) => equality('$ref', operand)],
  ['$id', (operand) => equality('$id', operand)],
  ['$db', (operand) => equality('$db', operand)],
]);

/** True for operators that apply to the document and not to a field. */
export function isPathlessOperator(name: string): boolean {
  return PATHLESS_PARSERS.has(name);
}

/**
 * Parses a filter document into a tree.
 * @throws MongoServerError 2 BadValue and the other errors of MongoDB's query parser
 */
export function parseFilter(filter: BsonDocument, context: ParseContext): MatchNode {
  const children: MatchNode[] = [];
  for (const [name, operand] of filter) {
    const node = name.startsWith('$')
      ? parsePathless(name, operand, context)
      : parseField(name, operand, context);
    if (node === undefined) continue;
    if (node.kind === 'and') children.push(...node.children);
    else children.push(node);
  }
  return andOf(children);
}

/** One node for all of them; a single child stands for itself, none is always true. */
export function andOf(children: readonly MatchNode[]): MatchNode {
  const [only] = children;
  if (only === undefined) return { kind: 'always', value: true };
  return children.length === 1 ? only : { kind: 'and', children };
}

function equality(path: string, value: Value, collation?: Collation): MatchNode {
  const predicate: Predicate = { op: 'eq', value };
  return {
    kind: 'path',
    path,
    predicate: collation ? underCollation(predicate, collation) : predicate,
  };
}

function parseField(path: string, operand: Value, context: ParseContext): MatchNode {
  if (operand instanceof BSONRegExp) {
    const regex = compileRegex(operand.pattern, operand.options);
    return { kind: 'path', path, predicate: { op: 'regex', regex } };
  }
  if (!isExpressionDocument(operand)) return equality(path, operand, context.collation);
  const nodes: MatchNode[] = [];
  for (const predicate of parseFieldOperators(path, operand, context)) {
    if (predicate.op !== 'all') {
      nodes.push({ kind: 'path', path, predicate });
    } else if (predicate.predicates.length === 0) {
      nodes.push({ kind: 'always', value: false });
    } else {
      nodes.push(
        ...predicate.predicates.map((part): MatchNode => ({ kind: 'path', path, predicate: part })),
      );
    }
  }
  return andOf(nodes);
}

function parsePathless(name: string, operand: Value, context: ParseContext): MatchNode | undefined {
  const parser = PATHLESS_PARSERS.get(name);
  if (parser === undefined) {
    throw bad(
      `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, ` +
        'consider using $getField or $setField.',
    );
  }
  return parser(operand, context);
}

/** An $or; where it only lists values of one path, the $in that says the same and tests them at once. */
function anyOf(children: readonly MatchNode[]): MatchNode {
  const [first] = children;
  const values: Value[] = [];
  for (const child of children) {
    const isEqualityOfPath =
      child.kind === 'path' &&
      first?.kind === 'path' &&
      child.path === first.path &&
      child.predicate.op === 'eq';
    if (!isEqualityOfPath) return { kind: 'or', children };
    values.push(child.predicate.value);
  }
  if (first?.kind !== 'path') return { kind: 'or', children };
  return { kind: 'path', path: first.path, predicate: { op: 'in', values, regexes: [] } };
}

function parseTree(kind: 'and' | 'or' | 'nor', operand: Value, context: ParseContext): MatchNode {
  if (!Array.isArray(operand)) throw bad(`$${kind} must be an array`);
  if (operand.length === 0) throw bad('$and/$or/$nor must be a nonempty array');
  const children = operand.map((entry) => {
    if (!(entry instanceof Map)) throw bad('$or/$and/$nor entries need to be full objects');
    return parseFilter(entry, context);
  });
  if (kind === 'nor') return { kind, children };
  if (kind === 'or') return children.length === 1 ? (children[0] as MatchNode) : anyOf(children);
  return andOf(children.flatMap((child) => (child.kind === 'and' ? child.children : [child])));
}

function parseExpr(operand: Value, context: ParseContext): MatchNode {
  if (context.inSubdocument) throw bad('$expr can only be applied to the top-level document');
  if (!context.allowSpecialOperators) {
    throw new MongoServerError('QueryFeatureNotAllowed', '$expr is not allowed in this context');
  }
  const scope = { variables: context.variables, collation: context.collation };
  return { kind: 'expression', expression: compileExpression(operand, scope) };
}

function parseText(operand: Value, context: ParseContext): MatchNode {
  if (context.inSubdocument) throw bad('$text can only be applied to the top-level document');
  if (!context.allowSpecialOperators) throw bad('$text is not allowed in this context');
  if (!(operand instanceof Map)) throw bad('$text expects an object');
  return { kind: 'text', query: parseTextQuery(operand) };
}

function parseWhere(_operand: Value, context: ParseContext): MatchNode {
  if (context.inSubdocument) throw bad('$elemMatch cannot contain $where expression');
  if (!context.allowSpecialOperators) throw bad('$where is not allowed in this context');
  throw notImplemented('$where');
}

function parseJsonSchema(operand: Value, context: ParseContext): MatchNode {
  if (context.inSubdocument) throw bad('$jsonSchema can only be applied to the top-level document');
  if (!context.allowSpecialOperators) {
    const message = '$jsonSchema is not allowed in this context';
    throw new MongoServerError('QueryFeatureNotAllowed', message);
  }
  if (!(operand instanceof Map)) {
    throw new MongoServerError('TypeMismatch', '$jsonSchema must be an object');
  }
  const schema = parseSchema(operand);
  return { kind: 'expression', expression: { evaluate: ({ root }) => schema.accepts(root) } };
}

function parseSampleRate(operand: Value): MatchNode {
  if (!isNumeric(operand)) throw bad('argument to $sampleRate must be a numeric type');
  const rate = toDouble(operand);
  if (!(rate >= 0 && rate <= 1)) {
    throw bad('numeric argument to $sampleRate must be in [0, 1]');
  }
  if (rate === 0 || rate === 1) return { kind: 'always', value: rate === 1 };
  return { kind: 'expression', expression: { evaluate: () => Math.random() < rate } };
}

function parseAlways(name: string, operand: Value, value: boolean): MatchNode {
  if (parseIntegerOrThrow(name, operand) !== 1n) {
    throw new MongoServerError('FailedToParse', `${name} must be an integer value of 1`);
  }
  return { kind: 'always', value };
}
