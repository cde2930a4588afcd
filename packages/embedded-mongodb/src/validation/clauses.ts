import { BSONRegExp, Int32 } from 'bson';
import { MongoServerError } from '../errors';
import { compileExpression } from '../expression/compile';
import type { Variables } from '../expression/variables';
import { compileMatch } from '../match/compile';
import { isExpressionDocument } from '../match/operands';
import { parseSchema } from '../match/schema/parse-schema';
import type { BsonDocument, Value } from '../values/types';
import { explainCondition, type FieldCondition } from './field-conditions';

/** The document that a validator did not accept, and what its expressions may use. */
export interface Failure {
  readonly document: BsonDocument;
  readonly variables: Variables;
}

/** One condition of a filter. */
interface Clause {
  /** The condition as a filter of its own. */
  readonly filter: BsonDocument;
  explain(failure: Failure, inverted: boolean): BsonDocument;
}

type PathlessClause = (name: string, operand: Value) => Clause['explain'];

const PATHLESS = new Map<string, PathlessClause>([
  ['$and', (name, operand) => explainTree(name, filtersOf(operand))],
  ['$or', (name, operand) => explainTree(name, filtersOf(operand))],
  ['$nor', (name, operand) => explainTree(name, filtersOf(operand))],
  ['$expr', explainExpression],
  ['$sampleRate', explainConstant],
  ['$alwaysTrue', explainConstant],
  ['$alwaysFalse', explainConstant],
  ['$jsonSchema', (_name, operand) => explainSchema(operand as BsonDocument)],
]);

/**
 * Why a filter does not match the document of a failure or, `inverted`, why it does: the `details` of a
 * validation error (https://www.mongodb.com/docs/v7.0/core/schema-validation/handle-invalid-documents/).
 */
export function explainFilter(
  filter: BsonDocument,
  failure: Failure,
  inverted: boolean,
): BsonDocument {
  return explainClauses(clausesOf(filter), failure, inverted);
}

function explainClauses(
  clauses: readonly Clause[],
  failure: Failure,
  inverted: boolean,
): BsonDocument {
  const [only] = clauses;
  if (clauses.length === 1 && only) return only.explain(failure, inverted);
  return new Map<string, Value>([
    ['operatorName', '$and'],
    listed(clauses, failure, inverted, inverted),
  ]);
}

/**
 * The clauses that hold, or those that do not, each with its explanation. One that cannot be evaluated
 * is in both lists.
 */
function listed(
  clauses: readonly Clause[],
  failure: Failure,
  holding: boolean,
  inverted: boolean,
): [string, Value] {
  const details = clauses.flatMap((clause, index): BsonDocument[] => {
    const holds = evaluate(clause.filter, failure);
    if (holds !== undefined && holds !== holding) return [];
    const entry = new Map<string, Value>([
      ['index', new Int32(index)],
      ['details', clause.explain(failure, inverted)],
    ]);
    return [entry];
  });
  return [holding ? 'clausesSatisfied' : 'clausesNotSatisfied', details];
}

/** Undefined when the evaluation fails. */
function evaluate(filter: BsonDocument, { document, variables }: Failure): boolean | undefined {
  const match = compileMatch(filter, { variables });
  try {
    return match.matches(document);
  } catch (error) {
    if (error instanceof MongoServerError) return undefined;
    throw error;
  }
}

function clausesOf(filter: BsonDocument): Clause[] {
  return [...filter].flatMap(([name, operand]): Clause[] => {
    if (name === '$comment') return [];
    const pathless = PATHLESS.get(name);
    if (pathless) {
      return [{ filter: new Map([[name, operand]]), explain: pathless(name, operand) }];
    }
    return fieldClauses(name, operand);
  });
}

function fieldClauses(path: string, operand: Value): Clause[] {
  if (operand instanceof BSONRegExp) return [leafClause('$regex', path, operand, operand)];
  if (!isExpressionDocument(operand)) return [leafClause('$eq', path, operand, operand)];
  return [...operand].flatMap(([operator, value]): Clause[] => {
    if (operator === '$options') return [];
    if (operator === '$not') return [notClause(path, value)];
    const written = new Map([[operator, value]]);
    const options = operand.get('$options');
    if (operator === '$regex' && options !== undefined) written.set('$options', options);
    return [leafClause(operator, path, value, written)];
  });
}

function leafClause(operator: string, path: string, operand: Value, written: Value): Clause {
  const source = new Map([[path, written]]);
  const condition: FieldCondition = { operator, path, operand, source };
  return {
    filter: source,
    explain: ({ document }, inverted) => explainCondition(condition, document, inverted),
  };
}

function notClause(path: string, operand: Value): Clause {
  const children = fieldClauses(path, operand);
  return {
    filter: new Map([[path, new Map([['$not', operand]])]]),
    explain: (failure, inverted) =>
      new Map<string, Value>([
        ['operatorName', '$not'],
        ['details', explainClauses(children, failure, !inverted)],
      ]),
  };
}

function filtersOf(operand: Value): BsonDocument[] {
  return operand as BsonDocument[];
}

function explainTree(name: string, filters: readonly BsonDocument[]): Clause['explain'] {
  const clauses = filters.map((filter): Clause => ({
    filter,
    explain: (failure, inverted) => explainFilter(filter, failure, inverted),
  }));
  return (failure, inverted) => {
    const holding = name === '$nor' ? !inverted : inverted;
    return new Map<string, Value>([
      ['operatorName', name],
      listed(clauses, failure, holding, holding),
    ]);
  };
}

function explainExpression(name: string, operand: Value): Clause['explain'] {
  return ({ document, variables }, inverted) => {
    const entries: [string, Value][] = [
      ['operatorName', name],
      ['specifiedAs', new Map([[name, operand]])],
    ];
    try {
      const result = compileExpression(operand, { variables }).evaluate({ root: document });
      entries.push(['reason', inverted ? 'expression did match' : 'expression did not match']);
      if (result !== undefined) entries.push(['expressionResult', result]);
    } catch (error) {
      if (!(error instanceof MongoServerError)) throw error;
      const details = new Map<string, Value>([
        ['code', new Int32(error.code)],
        ['codeName', error.codeName],
        ['errmsg', error.message],
      ]);
      entries.push(['reason', 'failed to evaluate aggregation expression'], ['details', details]);
    }
    return new Map(entries);
  };
}

/** Conditions that do not depend on the document. */
function explainConstant(name: string, operand: Value): Clause['explain'] {
  return (_failure, inverted) => {
    const outcome: [string, Value][] =
      name === '$sampleRate'
        ? [
            ['reason', inverted ? 'expression did match' : 'expression did not match'],
            ['expressionResult', inverted],
          ]
        : [['reason', `expression always evaluates to ${name === '$alwaysTrue'}`]];
    return new Map<string, Value>([
      ['operatorName', name],
      ['specifiedAs', new Map([[name, operand]])],
      ...outcome,
    ]);
  };
}

function explainSchema(schema: BsonDocument): Clause['explain'] {
  return ({ document }, inverted) => {
    const name: [string, Value] = ['operatorName', '$jsonSchema'];
    if (inverted) return new Map<string, Value>([name, ['reason', 'schema matched']]);
    if (excludesDocuments(schema)) {
      return new Map<string, Value>([
        name,
        ['specifiedAs', new Map([['$jsonSchema', schema]])],
        ['reason', 'expression always evaluates to false'],
      ]);
    }
    const parsed = parseSchema(schema);
    return new Map<string, Value>([
      name,
      ...parsed.annotations,
      ['schemaRulesNotSatisfied', parsed.explain(document)],
    ]);
  };
}

/** True for a schema of something else than a document. */
function excludesDocuments(schema: BsonDocument): boolean {
  const typeKeywords = [...schema].filter(([name]) => name === 'type' || name === 'bsonType');
  return !parseSchema(new Map(typeKeywords)).accepts(new Map());
}
