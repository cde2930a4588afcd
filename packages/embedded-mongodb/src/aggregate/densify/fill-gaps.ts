import { MongoServerError } from '../../errors';
import { approximateSize } from '../../expression/accumulators/size';
import { MEMORY_LIMIT } from '../memory';
import { getNested, withNested } from '../nested-fields';
import { compareValues } from '../../values/compare';
import { valueKey } from '../../values/key';
import { isNumeric } from '../../values/numbers';
import type { BsonDocument } from '../../values/types';
import type { DensifyRange, DensifyValue } from './range';

/** The server's internalQueryMaxAllowedDensifyDocs. */
const MOST_GENERATED = 500_000;
const NO_FIELDS: BsonDocument = new Map();

/** A compiled `$densify`. */
export interface DensifyPlan {
  readonly field: readonly string[];
  readonly range: DensifyRange;
  /** The fields of a document that say its partition; undefined when there is only one. */
  readonly partitionOf: ((document: BsonDocument) => BsonDocument) | undefined;
}

interface PartitionState {
  readonly fields: BsonDocument;
  last: DensifyValue;
}

const isLess = (left: DensifyValue, right: DensifyValue): boolean => compareValues(left, right) < 0;
const isEqual = (left: DensifyValue, right: DensifyValue): boolean =>
  compareValues(left, right) === 0;

/**
 * Makes the documents that are missing between those that come, which must be in order. Where it
 * stands among the values depends on documents only in the way in which the server's does.
 */
export class GapFiller {
  /** The last value on a step; the next gap begins behind it. */
  private current: DensifyValue | undefined;
  private state: 'before' | 'within' | 'done' = 'before';
  private readonly partitions = new Map<string, PartitionState>();
  private partitionBytes = 0;
  private least: DensifyValue | undefined;
  private greatest: DensifyValue | undefined;
  private generated = 0;

  constructor(private readonly plan: DensifyPlan) {}

  /** The documents that belong before the given one, and that one. */
  *take(document: BsonDocument): Generator<BsonDocument> {
    const found = getNested(document, this.plan.field);
    if (this.state === 'done' || found === null || found === undefined) {
      yield document;
      return;
    }
    const value = this.checked(found);
    if (this.state === 'before') yield* this.takeFirst(document, value);
    else yield* this.takeNext(document, value);
  }

  /** The documents that belong behind the last one. */
  *end(): Generator<BsonDocument> {
    const { range, partitionOf } = this.plan;
    const { bounds } = range;
    if (this.state === 'done' || bounds === 'partition') return;
    if (bounds === 'full') {
      if (!partitionOf || !this.greatest || !this.current) return;
      const isOnStep = range.isOnStep(this.greatest, this.current);
      yield* this.endPartitions(isOnStep ? range.next(this.greatest) : this.greatest);
    } else if (this.partitions.size > 0) {
      yield* this.endPartitions(bounds.upper, bounds.lower);
    } else if (!partitionOf || this.current === undefined) {
      const start = this.current === undefined ? bounds.lower : range.next(this.current);
      if (this.current !== undefined && !isLess(start, bounds.upper)) return;
      yield* this.generate(start, bounds.upper, NO_FIELDS);
    }
  }

  private checked(found: unknown): DensifyValue {
    const value = found as DensifyValue;
    const isDate = found instanceof Date;
    if (!isDate && !isNumeric(value)) {
      throw new MongoServerError(5733201, 'Densify field type must be numeric or a date');
    }
    if (isDate === (this.plan.range.unit !== undefined)) return value;
    throw new MongoServerError(
      6053600,
      isDate
        ? 'Encountered date densify value in collection when step does not have a date unit.'
        : 'Encountered numeric densify value in collection when step has a date unit.',
    );
  }

  private *takeFirst(document: BsonDocument, value: DensifyValue): Generator<BsonDocument> {
    const { bounds } = this.plan.range;
    if (this.plan.partitionOf && this.partitions.size === 0) this.remember(document, value);
    if (typeof bounds === 'object') {
      yield* this.takeFirstWithin(document, value);
      return;
    }
    if (bounds === 'full') {
      this.current = value;
      this.least = value;
      this.greatest = value;
    }
    this.state = 'within';
    yield document;
  }

  private *takeNext(document: BsonDocument, value: DensifyValue): Generator<BsonDocument> {
    const { range, partitionOf } = this.plan;
    const isExplicit = typeof range.bounds === 'object';
    if (partitionOf) {
      if (range.bounds === 'full') this.greatest = value;
      const known = this.partitions.get(valueKey(partitionOf(document)));
      if (!known) {
        this.remember(document, value);
        if (range.bounds === 'partition') {
          yield document;
          return;
        }
        this.current = isExplicit ? undefined : range.previous(this.least!);
      } else {
        this.current = known.last;
      }
      if (!known && isExplicit) {
        yield* this.takeFirstWithin(document, value);
        return;
      }
    }
    if (isExplicit) yield* this.takeWithin(document, value);
    else yield* this.fillUpTo(document, value);
  }

  /** The gap between the last value and this one. */
  private *fillUpTo(document: BsonDocument, value: DensifyValue): Generator<BsonDocument> {
    const next = this.plan.range.next(this.current!);
    if (isLess(next, value)) yield* this.generateUpTo(document, next, value);
    this.advanceTo(document, value);
    yield document;
  }

  private *generateUpTo(
    document: BsonDocument,
    from: DensifyValue,
    to: DensifyValue,
  ): Generator<BsonDocument> {
    const fields = this.plan.partitionOf?.(document) ?? NO_FIELDS;
    for (const made of this.generate(from, to, fields)) {
      this.current = getNested(made, this.plan.field) as DensifyValue;
      this.remember(made, this.current);
      yield made;
    }
  }

  /** A value that is the next step becomes the last one; one between two steps does not count. */
  private advanceTo(document: BsonDocument, value: DensifyValue): void {
    if (!isEqual(value, this.plan.range.next(this.current!))) return;
    this.current = value;
    this.remember(document, value);
  }

  private *takeFirstWithin(document: BsonDocument, value: DensifyValue): Generator<BsonDocument> {
    const { lower } = this.explicit;
    this.current ??= this.plan.range.previous(lower);
    if (isLess(value, lower)) {
      this.state = 'before';
    } else if (isEqual(value, lower)) {
      this.state = 'within';
      this.current = value;
    } else {
      yield* this.fillWithin(document, value);
      return;
    }
    yield document;
  }

  private *takeWithin(document: BsonDocument, value: DensifyValue): Generator<BsonDocument> {
    const { lower, upper } = this.explicit;
    const next = this.plan.range.next(this.current!);
    if (isLess(value, lower)) {
      this.remember(document, value);
      this.state = 'before';
    } else if (isEqual(value, lower)) {
      this.remember(document, value);
      this.current = value;
    } else if (isLess(value, upper)) {
      if (isLess(next, value)) {
        yield* this.fillWithin(document, value);
        return;
      }
      this.advanceTo(document, value);
    } else if (isLess(next, upper)) {
      yield* this.fillWithin(document, value);
      return;
    } else {
      this.current = next;
      this.remember(document, value);
      if (!this.plan.partitionOf) this.state = 'done';
    }
    yield document;
  }

  private *fillWithin(document: BsonDocument, value: DensifyValue): Generator<BsonDocument> {
    const { upper } = this.explicit;
    const { range } = this.plan;
    const next = range.next(this.current!);
    this.state = 'within';
    if (isEqual(value, next)) {
      this.remember(document, value);
      this.current = next;
      yield document;
      return;
    }
    yield* this.generateUpTo(document, next, isLess(value, upper) ? value : upper);
    if (range.isOnStep(value, this.current!)) {
      this.current = value;
      this.remember(document, value);
    }
    if (!this.plan.partitionOf && !isLess(this.current!, upper)) this.state = 'done';
    yield document;
  }

  private get explicit(): { readonly lower: DensifyValue; readonly upper: DensifyValue } {
    const { bounds } = this.plan.range;
    if (typeof bounds === 'object') return bounds;
    throw new Error('these bounds have no ends');
  }

  private *endPartitions(to: DensifyValue, from?: DensifyValue): Generator<BsonDocument> {
    for (const { fields, last } of this.partitions.values()) {
      let start = this.plan.range.next(last);
      if (!isLess(start, to)) continue;
      if (from !== undefined && isLess(start, from)) start = from;
      yield* this.generate(start, to, fields);
    }
  }

  /** Documents with the values from one on, up to and without the other. */
  private *generate(
    from: DensifyValue,
    to: DensifyValue,
    fields: BsonDocument,
  ): Generator<BsonDocument> {
    assertWritable(fields, this.plan.field);
    let value = from;
    do {
      this.generated += 1;
      if (this.generated > MOST_GENERATED) {
        throw new MongoServerError(
          5897900,
          `Generated ${this.generated} documents in $densify, which is over the limit of ${MOST_GENERATED}. Increase the 'internalQueryMaxAllowedDensifyDocs' parameter to allow more generated documents`,
        );
      }
      yield withNested(fields, this.plan.field, value);
      value = this.plan.range.next(value);
    } while (isLess(value, to));
  }

  private remember(document: BsonDocument, value: DensifyValue): void {
    if (!this.plan.partitionOf) return;
    const fields = this.plan.partitionOf(document);
    const key = valueKey(fields);
    const known = this.partitions.get(key);
    if (known) {
      known.last = value;
      return;
    }
    this.partitions.set(key, { fields, last: value });
    this.partitionBytes += key.length + approximateSize(fields);
    if (this.partitionBytes <= MEMORY_LIMIT) return;
    throw new MongoServerError(6007200, `$densify exceeded memory limit of ${MEMORY_LIMIT}`);
  }
}

/** @throws MongoServerError 5733306, 5733307, 5733308 where a value cannot be put beside the partition's */
function assertWritable(fields: BsonDocument, path: readonly string[]): void {
  if (getNested(fields, path) !== undefined) {
    throw new MongoServerError(
      5733306,
      'DocGenerator cannot include field that is being densified',
    );
  }
  path.reduce<BsonDocument | undefined>((document, name, index) => {
    const value = document?.get(name);
    if (Array.isArray(value)) {
      throw new MongoServerError(5733307, '$densify cannot generate fields nested inside arrays');
    }
    if (value === undefined || value instanceof Map || index === path.length - 1) {
      return value instanceof Map ? value : undefined;
    }
    throw new MongoServerError(5733308, '$densify cannot overwrite non-object values with objects');
  }, fields);
}
