import { MongoServerError } from '../../src/errors';
import { compileExpression } from '../../src/expression/compile';
import type { Variables } from '../../src/expression/variables';
import { documentFromPlain, fromPlain } from '../../src/values/plain';
import { show } from './show';

/** A row of a table of expressions: what it shows, the expression, the document, the result. */
export type ExpressionCase = readonly [
  title: string,
  expression: unknown,
  document: object,
  expected: string,
];

/** A row of a table of faulty expressions. */
export type ExpressionFault = readonly [
  title: string,
  expression: unknown,
  document: object,
  code: number,
  message: string,
];

/** Evaluates an expression given as plain JavaScript against a document given likewise. */
export function evaluate(
  expression: unknown,
  document: object = {},
  variables?: Variables,
): string {
  const compiled = compileExpression(fromPlain(expression), variables ? { variables } : {});
  return show(compiled.evaluate({ root: documentFromPlain(document) }));
}

/** The error that an expression gives, while it is compiled or evaluated. */
export function faultOf(
  expression: unknown,
  document: object = {},
): { code: number; message: string } {
  try {
    const result = evaluate(expression, document);
    throw new Error(`no error, but ${result}`);
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** Declares one test for each row. */
export function testExpressions(operator: string, cases: readonly ExpressionCase[]): void {
  test.each(cases)(
    `${operator}, when %s, answers as MongoDB does`,
    (_title, expression, document, expected) => {
      expect(evaluate(expression, document)).toBe(expected);
    },
  );
}

/** Declares one test for each faulty row. */
export function testFaults(operator: string, cases: readonly ExpressionFault[]): void {
  test.each(cases)(
    `${operator}, when %s, is refused with MongoDB's error`,
    (_title, expression, document, code, message) => {
      expect(faultOf(expression, document)).toEqual({ code, message });
    },
  );
}
