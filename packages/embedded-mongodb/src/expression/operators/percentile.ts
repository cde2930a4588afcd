import { isNumeric, toDouble } from '../../values/numbers';
import type { Environment, Expression, OperatorCall, OperatorTable } from '../types';
import { foldConstant } from '../build';
import { parsePercentile, percentilesOf } from '../percentile';
import type { MaybeValue } from '../../values/types';

/** Of one number or the numbers of an array. */
function compilePercentile(notAnObject: number) {
  return (call: OperatorCall): Expression => {
    const { input, shares, answer } = parsePercentile(call, notAnObject);
    const evaluate = (environment: Environment): MaybeValue => {
      const value = input.evaluate(environment);
      if (isNumeric(value)) return answer(shares.map(() => toDouble(value)));
      if (!Array.isArray(value)) return answer(undefined);
      return answer(percentilesOf(value.filter(isNumeric).map(toDouble), shares));
    };
    return foldConstant(evaluate, [input], call.scope);
  };
}

export const PERCENTILE_OPERATORS: OperatorTable = {
  $median: compilePercentile(7436201),
  $percentile: compilePercentile(7436200),
};
