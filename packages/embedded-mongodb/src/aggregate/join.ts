import { underCollation } from '../match/collated';
import { matchExpression, type MatchExpression, type Predicate } from '../match/compile';
import type { Collation } from '../values/collation';
import { asIndex } from '../values/numbers';
import { splitPath, visitPath } from '../values/paths';
import type { BsonDocument, MaybeValue, Value } from '../values/types';
import type { ValueOrder } from '../values/value-order';

function visitLocal(
  value: MaybeValue,
  names: readonly string[],
  depth: number,
  values: Value[],
): void {
  if (depth === names.length) {
    if (Array.isArray(value)) values.push(...value);
    else if (value !== undefined) values.push(value);
    return;
  }
  if (value instanceof Map) {
    visitLocal(value.get(names[depth]!), names, depth + 1, values);
    return;
  }
  if (!Array.isArray(value)) return;
  const position = asIndex(names[depth]!);
  if (position !== undefined) visitLocal(value[position], names, depth + 1, values);
  for (const element of value) {
    if (element instanceof Map) visitLocal(element, names, depth, values);
  }
}

/**
 * The values of `localField` that `$lookup` looks for: arrays on the path and at its end stand for
 * their elements, and nothing at all stands for null.
 */
export function localValues(document: BsonDocument, path: string): Value[] {
  const values: Value[] = [];
  visitLocal(document, splitPath(path), 0, values);
  return values.length === 0 ? [null] : values;
}

/** A query for the documents that hold one of some values, none of them read as a pattern. */
export function equalsOneOf(
  path: string,
  values: readonly Value[],
  collation: Collation | undefined,
): MatchExpression {
  const predicate: Predicate =
    values.length === 1 ? { op: 'eq', value: values[0]! } : { op: 'in', values, regexes: [] };
  return matchExpression({
    kind: 'path',
    path,
    predicate: collation ? underCollation(predicate, collation) : predicate,
  });
}

/**
 * Foreign documents by the values of `foreignField` that an equality query would find them by:
 * the elements of an array as well as the array, and null for a missing field.
 */
export class JoinTable {
  readonly #byKey = new Map<string, number[]>();
  readonly #documents: BsonDocument[] = [];
  readonly #components: readonly string[];
  readonly #keyOf: (value: MaybeValue) => string;

  constructor(foreignField: string, order: ValueOrder) {
    this.#components = splitPath(foreignField);
    this.#keyOf = order.createKeys();
  }

  add(document: BsonDocument): void {
    const position = this.#documents.push(document) - 1;
    visitPath(document, this.#components, 'elements-and-array', (value) => {
      const key = this.#keyOf(value ?? null);
      const positions = this.#byKey.get(key);
      if (!positions) this.#byKey.set(key, [position]);
      else if (positions.at(-1) !== position) positions.push(position);
      return false;
    });
  }

  /** The documents that hold one of the values, in the order in which they were added. */
  find(values: readonly Value[]): BsonDocument[] {
    if (values.length === 1) {
      const positions = this.#byKey.get(this.#keyOf(values[0])) ?? [];
      return positions.map((position) => this.#documents[position]!);
    }
    const found = new Set<number>();
    for (const value of values) {
      for (const position of this.#byKey.get(this.#keyOf(value)) ?? []) found.add(position);
    }
    return [...found].sort((left, right) => left - right).map((index) => this.#documents[index]!);
  }
}

/** Different values once each. */
export function distinctValues(values: Iterable<Value>, order: ValueOrder): Value[] {
  const keyOf = order.createKeys();
  const distinct = new Map<string, Value>();
  for (const value of values) {
    const key = keyOf(value);
    if (!distinct.has(key)) distinct.set(key, value);
  }
  return [...distinct.values()];
}
