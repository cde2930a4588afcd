import { MongoServerError } from '../../errors';
import { compileExpression } from '../../expression/compile';
import { isTimeUnit, type TimeUnit } from '../../expression/date-arguments';
import { asBigInt, asIntegerNumber } from '../../expression/numeric';
import { formatValue } from '../../expression/format';
import type { CompileScope } from '../../expression/types';
import type { SortPattern } from '../../plan/query';
import { compareValues } from '../../values/compare';
import { isNumeric, toDouble } from '../../values/numbers';
import type { BsonDocument, MaybeValue, NumericValue, Value } from '../../values/types';

type Bound<Distance> = 'unbounded' | 'current' | Distance;

/** Which documents of a partition a function sees, as seen from the current one. */
export type WindowBounds =
  | { readonly kind: 'documents'; readonly lower: Bound<number>; readonly upper: Bound<number> }
  | {
      readonly kind: 'range';
      readonly lower: Bound<NumericValue>;
      readonly upper: Bound<NumericValue>;
      readonly unit: TimeUnit | undefined;
    };

/** The whole partition. */
export const WHOLE_PARTITION: WindowBounds = {
  kind: 'documents',
  lower: 'unbounded',
  upper: 'unbounded',
};

/** From the first document of the partition to the current one. */
export const UP_TO_CURRENT: WindowBounds = {
  kind: 'documents',
  lower: 'unbounded',
  upper: 'current',
};

function failed(message: string): MongoServerError {
  return new MongoServerError('FailedToParse', message);
}

/** A time unit by its name. @throws MongoServerError 9 FailedToParse */
export function timeUnitOf(value: Value): TimeUnit {
  if (typeof value !== 'string') throw failed("'unit' must be a string");
  if (isTimeUnit(value)) return value;
  throw failed(`unknown time unit value: ${value}`);
}

function boundOf<Distance>(
  value: Value,
  scope: CompileScope,
  parse: (value: MaybeValue) => Distance,
): Bound<Distance> {
  if (value === 'unbounded' || value === 'current') return value;
  if (typeof value === 'string') {
    throw failed("Window bounds must be 'unbounded', 'current', or a number.");
  }
  const { constant } = compileExpression(value, scope);
  if (!constant) throw failed('Window bounds expression must be a constant.');
  return parse(constant.value);
}

function pairOf(value: Value): [Value, Value] {
  if (Array.isArray(value) && value.length === 2) return value as [Value, Value];
  throw failed(`Window bounds must be a 2-element array: ${formatValue(value)}`);
}

function assertForward(lower: Bound<number>, upper: Bound<number>): void {
  const position = (bound: Bound<number>): number | undefined =>
    bound === 'unbounded' ? undefined : bound === 'current' ? 0 : bound;
  const from = position(lower);
  const to = position(upper);
  if (from === undefined || to === undefined || from <= to) return;
  throw new MongoServerError(5339900, `Lower bound must not exceed upper bound: [${from}, ${to}]`);
}

function documentsBounds(
  window: BsonDocument,
  documents: Value,
  sortBy: SortPattern | undefined,
  scope: CompileScope,
): WindowBounds {
  if (window.size > 1) {
    throw failed("'window' field that specifies documents cannot have other fields");
  }
  const parse = (value: MaybeValue): number => {
    const distance = asIntegerNumber(value, 32);
    if (distance !== undefined) return distance;
    throw failed('Numeric document-based bounds must be an integer');
  };
  const [lower, upper] = pairOf(documents).map((bound) => boundOf(bound, scope, parse)) as [
    Bound<number>,
    Bound<number>,
  ];
  assertForward(lower, upper);
  if (!sortBy && (lower !== 'unbounded' || upper !== 'unbounded')) {
    throw new MongoServerError(5339901, 'Document-based bounds require a sortBy');
  }
  return { kind: 'documents', lower, upper };
}

function rangeBounds(
  window: BsonDocument,
  range: Value,
  sortBy: SortPattern | undefined,
  scope: CompileScope,
): WindowBounds {
  const unitName = window.get('unit');
  const known = unitName === undefined ? 1 : 2;
  if (window.size > known) {
    throw failed(
      unitName === undefined
        ? "'window' field that specifies range cannot have other fields besides 'unit'"
        : "'window' field that specifies unit cannot have other fields besides 'range'",
    );
  }
  const unit = unitName === undefined ? undefined : timeUnitOf(unitName);
  const parse = (value: MaybeValue): NumericValue => {
    if (!isNumeric(value)) {
      throw failed(
        unit
          ? "With 'unit', range-based bounds must be an integer"
          : 'Range-based bounds expression must be a number',
      );
    }
    if (unit && asBigInt(value) === undefined) {
      throw failed("With 'unit', range-based bounds must be an integer");
    }
    return value;
  };
  const [lower, upper] = pairOf(range).map((bound) => boundOf(bound, scope, parse)) as [
    Bound<NumericValue>,
    Bound<NumericValue>,
  ];
  const distance = (bound: Bound<NumericValue>): Bound<number> =>
    typeof bound === 'string' ? bound : toDouble(bound);
  assertForward(distance(lower), distance(upper));
  assertRangeOrder(sortBy);
  return { kind: 'range', lower, upper, unit };
}

function assertRangeOrder(sortBy: SortPattern | undefined): void {
  const [field] = sortBy ?? [];
  if (sortBy?.length !== 1 || !field) {
    throw new MongoServerError(5339902, 'Range-based bounds require sortBy a single field');
  }
  if (field.kind !== 'path') {
    throw new MongoServerError(8947400, 'Range-based bounds require a non-expression sortBy');
  }
  if (field.direction !== 1) {
    throw new MongoServerError(8947401, 'Range-based bounds require an ascending sortBy');
  }
}

/**
 * Reads the `window` of an output field.
 * @throws MongoServerError 9 FailedToParse, 5339900, 5339901, 5339902, 8947400, 8947401
 * @see https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/setWindowFields/
 */
export function parseWindow(
  window: Value,
  sortBy: SortPattern | undefined,
  scope: CompileScope,
): WindowBounds {
  if (!(window instanceof Map)) throw failed("'window' field must be an object");
  const documents = window.get('documents');
  const range = window.get('range');
  if (documents !== undefined && range !== undefined) {
    throw failed("Window bounds can specify either 'documents' or 'unit', not both.");
  }
  if (range !== undefined) return rangeBounds(window, range, sortBy, scope);
  if (window.has('unit')) {
    throw failed("Window bounds can only specify 'unit' with range-based bounds.");
  }
  if (documents !== undefined) return documentsBounds(window, documents, sortBy, scope);
  if (window.size === 0) return WHOLE_PARTITION;
  throw failed(
    "'window' field can only contain 'documents' as the only argument or 'range' with an optional 'unit' field",
  );
}

/** True when `left` comes before `right`. */
export function isBefore(left: MaybeValue, right: MaybeValue): boolean {
  return compareValues(left, right) < 0;
}
