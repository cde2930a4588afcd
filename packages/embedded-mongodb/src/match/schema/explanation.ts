import type { BsonDocument, Value } from '../../values/types';
import type { KeywordSite, Schema } from './types';

type Entry = readonly [string, Value];

/** The explanation of a keyword: its name, the annotations of the schema it holds, and the rest. */
export function explanation(
  keyword: string,
  entries: readonly Entry[],
  annotations: BsonDocument = new Map(),
): BsonDocument {
  return new Map<string, Value>([['operatorName', keyword], ...annotations, ...entries]);
}

/** The explanation of a keyword whose operand says it all. */
export function specifiedExplanation(
  { keyword, operand }: KeywordSite,
  entries: readonly Entry[],
): BsonDocument {
  return explanation(keyword, [['specifiedAs', new Map([[keyword, operand]])], ...entries]);
}

/** What a nested schema says of a value that it does not accept, behind the place of that value. */
export function nestedExplanation(
  place: readonly Entry[],
  schema: Schema,
  value: Value,
  more: readonly Entry[] = [],
): BsonDocument {
  return new Map<string, Value>([
    ...place,
    ...schema.annotations,
    ...more,
    ['details', schema.explain(value)],
  ]);
}
