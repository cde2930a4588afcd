import type { DocumentMetadata } from '../values/metadata';
import type { Collation } from '../values/collation';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import type { Variables } from './variables';

/** What an expression is evaluated against. */
export interface Environment {
  readonly root: BsonDocument;
  /** Taken from the document's recorded metadata when not given. */
  readonly metadata?: DocumentMetadata;
}

export type Evaluator = (environment: Environment) => MaybeValue;

/** A compiled expression. `evaluate` answers `undefined` where MongoDB says "missing". */
export interface Expression {
  readonly evaluate: Evaluator;
  /** Present when the value does not depend on the document. */
  readonly constant?: { readonly value: MaybeValue };
  /** Present when the expression is just a path of the root document, without the `$`. */
  readonly fieldPath?: string;
  /** Present when the expression is just one variable bound by `let`. */
  readonly variable?: string;
}

/**
 * Holds the value of one variable that `$let`, `$map` and the like bind. The closures that read it
 * share the cell; evaluation is synchronous and an expression never contains itself, so that one
 * cell for each binding site is enough.
 */
export interface VariableCell {
  value: MaybeValue;
}

/** The names that an expression may use. */
export interface CompileScope {
  readonly variables?: Variables;
  readonly cells?: ReadonlyMap<string, VariableCell>;
  /** Set for pipelines, where MongoDB says which phase a constant expression failed in. */
  readonly constantErrorPrefix?: string;
  /** How text compares; by bytes when absent. */
  readonly collation?: Collation;
}

/** One use of an operator, `{ <name>: <operand> }`, as its compiler sees it. */
export interface OperatorCall {
  readonly name: string;
  readonly operand: Value;
  readonly scope: CompileScope;
  /** Compiles a part of the operand, in this scope unless another is given. */
  compile(value: Value, scope?: CompileScope): Expression;
}

export type OperatorCompiler = (call: OperatorCall) => Expression;
export type OperatorTable = Readonly<Record<string, OperatorCompiler>>;
