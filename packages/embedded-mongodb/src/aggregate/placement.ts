import { MongoServerError } from '../errors';
import type { Stage, SubPipelineOptions } from './types';

const LAST = new Set(['$out', '$merge']);
const FORBIDDEN = {
  $facet: new Set(['$facet', '$out', '$merge', '$documents']),
  $lookup: new Set(['$out', '$merge']),
  $unionWith: new Set(['$out', '$merge']),
} as const;

/** Throws unless a stage may stand inside the pipeline of another. */
function assertAllowedInside(name: string, container: SubPipelineOptions['container']): void {
  if (!FORBIDDEN[container].has(name)) return;
  if (container === '$facet') {
    throw new MongoServerError(40600, `${name} is not allowed to be used within a $facet stage`);
  }
  if (container === '$lookup') {
    throw new MongoServerError(51047, `${name} is not allowed within a $lookup's sub-pipeline`);
  }
  throw new MongoServerError(31441, `${name} is not allowed within a $unionWith's sub-pipeline`);
}

/**
 * Checks where stages stand: sources first, `$out` and `$merge` last, `$text` in the first stage.
 * @throws MongoServerError 40601, 40602, 17313, 40600, 51047, 31441
 */
export function assertPlacement(
  stages: readonly Stage[],
  container: SubPipelineOptions['container'] | undefined,
): void {
  stages.forEach(({ name, isSource, pushable }, index) => {
    if (container) assertAllowedInside(name, container);
    if (isSource && index > 0) {
      throw new MongoServerError(40602, `${name} is only valid as the first stage in a pipeline.`);
    }
    if (LAST.has(name) && index < stages.length - 1) {
      throw new MongoServerError(40601, `${name} can only be the final stage in the pipeline`);
    }
    const isText = pushable?.kind === 'match' && pushable.match.textQuery !== undefined;
    if (isText && (index > 0 || container === '$facet')) {
      throw new MongoServerError(
        17313,
        '$match with $text is only allowed as the first pipeline stage',
      );
    }
  });
}
