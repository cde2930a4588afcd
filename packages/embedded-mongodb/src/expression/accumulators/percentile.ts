import { isNumeric, toDouble } from '../../values/numbers';
import { parsePercentile, percentilesOf } from '../percentile';
import type { OperatorCall } from '../types';
import type { Accumulator, AccumulatorTable } from './types';

const BYTES_OF_NUMBER = 8;

/** Of the numbers of a group. They are all kept, so that what is answered is exact. */
function compilePercentile(notAnObject: number) {
  return (call: OperatorCall): Accumulator => {
    const { input, shares, answer } = parsePercentile(call, notAnObject);
    return {
      start: () => {
        const numbers: number[] = [];
        return {
          add: (environment) => {
            const value = input.evaluate(environment);
            if (isNumeric(value)) numbers.push(toDouble(value));
          },
          result: () => answer(percentilesOf(numbers, shares)),
          get bytes() {
            return numbers.length * BYTES_OF_NUMBER;
          },
        };
      },
    };
  };
}

export const PERCENTILE_ACCUMULATORS: AccumulatorTable = {
  $median: compilePercentile(7436100),
  $percentile: compilePercentile(7429703),
};
