import { MongoServerError } from '../../errors';
import { integerValue } from '../../expression/numeric';
import { createSortKeyGenerator } from '../../plan/sort-key';
import type { WindowCall } from './call';
import type { WindowFunction } from './partition';

type RankKind = '$rank' | '$denseRank' | '$documentNumber';

/**
 * `$rank`, `$denseRank` and `$documentNumber`.
 * @throws MongoServerError 5371601, 5371602, 5371603
 */
export function compileRank({ name, operand, options, sortBy }: WindowCall): WindowFunction {
  if (options.size > 0) {
    throw new MongoServerError(5371601, 'Rank style window functions take no other arguments');
  }
  if (!(operand instanceof Map) || operand.size > 0) {
    throw new MongoServerError(5371603, `${name} must be specified with '{}' as the value`);
  }
  if (sortBy?.length !== 1) {
    throw new MongoServerError(
      5371602,
      `${name} must be specified with a top level sortBy expression with exactly one element`,
    );
  }
  const keyOf = createSortKeyGenerator(sortBy);
  const kind = name as RankKind;
  return {
    start: ({ documents }) => {
      let previous: Buffer | undefined;
      let rank = 0;
      return (index) => {
        const key = keyOf(documents[index]!);
        const isNew = previous === undefined || !previous.equals(key);
        previous = key;
        if (kind === '$documentNumber') rank += 1;
        else if (isNew) rank = kind === '$rank' ? index + 1 : rank + 1;
        return integerValue(rank);
      };
    },
  };
}
