import { MongoServerError } from '../errors';
import { approximateSize } from '../expression/accumulators/size';
import type { Value } from '../values/types';

/** What one stage may hold (the server's internalQueryMaxBlockingSortMemoryUsageBytes). */
export const MEMORY_LIMIT = 100 * 1024 * 1024;

/** Counts what a blocking stage holds; 292 when it is more than MEMORY_LIMIT, nothing is spilled. */
export class MemoryBudget {
  #bytes = 0;
  readonly #fault: () => MongoServerError;

  constructor(stage: string) {
    this.#fault = () =>
      new MongoServerError(
        'QueryExceededMemoryLimitNoDiskUseAllowed',
        `Exceeded memory limit for ${stage}, but didn't allow external sort. Pass allowDiskUse:true to opt in.`,
      );
  }

  add(value: Value): void {
    this.addBytes(approximateSize(value));
  }

  addBytes(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > MEMORY_LIMIT) throw this.#fault();
  }
}
