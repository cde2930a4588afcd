import { MongoServerError } from '../../errors';
import { compileExpression } from '../../expression/compile';
import type { CompileScope, Expression } from '../../expression/types';
import type { SortPattern } from '../../plan/query';
import type { BsonDocument, Value } from '../../values/types';
import { parseWindow, WHOLE_PARTITION, type WindowBounds } from './bounds';
import type { WindowFunction } from './partition';

/** One output field, `{ <name>: <operand>, …options }`, as the compiler of its function sees it. */
export interface WindowCall {
  readonly name: string;
  readonly operand: Value;
  /** The other fields; `window` is the only one that any function takes. */
  readonly options: BsonDocument;
  readonly sortBy: SortPattern | undefined;
  readonly scope: CompileScope;
}

export type WindowFunctionCompiler = (call: WindowCall) => WindowFunction;

export function failedToParse(message: string): MongoServerError {
  return new MongoServerError('FailedToParse', message);
}

export function compileInput(value: Value, { scope }: WindowCall): Expression {
  return compileExpression(value, scope);
}

/** The bounds of a function that takes a `window`. */
export function windowOf(call: WindowCall, fallback = WHOLE_PARTITION): WindowBounds {
  for (const option of call.options.keys()) {
    if (option === 'window') continue;
    throw failedToParse(
      option.startsWith('$')
        ? 'Cannot specify two functions in window function spec'
        : `Window function found an unknown argument: ${option}`,
    );
  }
  const window = call.options.get('window');
  return window === undefined ? fallback : parseWindow(window, call.sortBy, call.scope);
}

/** @throws MongoServerError 9 FailedToParse when a function that takes no window has one */
export function refuseWindow(call: WindowCall): void {
  if (call.options.has('window')) {
    throw failedToParse(`'window' field is not allowed in ${call.name}`);
  }
  windowOf(call);
}
