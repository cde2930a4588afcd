import type { SortPattern } from '../../plan/query';
import { readPath, parseFieldPath } from '../../expression/field-path';
import type { BsonDocument, MaybeValue } from '../../values/types';

/** The one path that the documents of a partition are ordered by, if there is exactly one. */
export function singleSortPath(sortBy: SortPattern | undefined): string | undefined {
  const [field] = sortBy ?? [];
  return sortBy?.length === 1 && field?.kind === 'path' ? field.path : undefined;
}

/** The documents with one value of `partitionBy`, in the order of `sortBy`. */
export class Partition {
  #sortValues: readonly MaybeValue[] | undefined;

  constructor(
    readonly documents: readonly BsonDocument[],
    private readonly sortBy: SortPattern | undefined,
  ) {}

  get length(): number {
    return this.documents.length;
  }

  /** What each document is ordered by, read as expressions read a path. */
  get sortValues(): readonly MaybeValue[] {
    if (this.#sortValues) return this.#sortValues;
    const names = parseFieldPath(singleSortPath(this.sortBy) ?? '');
    this.#sortValues = this.documents.map((document) => readPath(document, names));
    return this.#sortValues;
  }
}

/**
 * One output field of one partition: answers the value for each document, asked for in the order of
 * the partition. `undefined` leaves the field out.
 */
export type WindowEvaluator = (index: number) => MaybeValue;

/** A compiled window function. */
export interface WindowFunction {
  start(partition: Partition): WindowEvaluator;
}
