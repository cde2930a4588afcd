import { EJSON } from 'bson';
import { numberFromJs } from '../values/numbers';
import type { Value } from '../values/types';
import { BackupError } from './backup-error';
import { parseJson, type JsonValue } from './ordered-json';

/**
 * The one-field (or two-field) objects that stand for a BSON value
 * (https://www.mongodb.com/docs/manual/reference/mongodb-extended-json/). `$regex` is not among them:
 * in metadata it is the query operator.
 */
const WRAPPERS = new Set([
  '$binary',
  '$code',
  '$date',
  '$dbPointer',
  '$maxKey',
  '$minKey',
  '$numberDecimal',
  '$numberDouble',
  '$numberInt',
  '$numberLong',
  '$oid',
  '$regularExpression',
  '$symbol',
  '$timestamp',
  '$undefined',
  '$uuid',
]);

/** Canonical Extended JSON, with every document's fields in their own order. */
export function toExtendedJson(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(toExtendedJson).join(',')}]`;
  if (value instanceof Map) {
    const fields = [...value].map(
      ([name, field]) => `${JSON.stringify(name)}:${toExtendedJson(field)}`,
    );
    return `{${fields.join(',')}}`;
  }
  return EJSON.stringify(value, { relaxed: false });
}

/**
 * Reads Extended JSON, canonical or relaxed. bson's own EJSON would lose the order of fields whose
 * names are numbers, and the order of a key pattern is its meaning.
 * @throws BackupError for malformed text.
 */
export function fromExtendedJson(text: string): Value {
  return toValue(parseJson(text));
}

function toValue(json: JsonValue): Value {
  if (typeof json === 'number') return numberFromJs(json);
  if (Array.isArray(json)) return json.map(toValue);
  if (json === null || typeof json !== 'object') return json;
  const [first = ''] = json.keys();
  if (WRAPPERS.has(first)) return unwrap(json);
  return new Map([...json].map(([name, field]) => [name, toValue(field)]));
}

function unwrap(wrapper: ReadonlyMap<string, JsonValue>): Value {
  const text = toJson(wrapper);
  try {
    return EJSON.parse(text, { relaxed: false }) as Value;
  } catch (error) {
    throw new BackupError(`${text} is no Extended JSON`, { cause: error });
  }
}

function toJson(json: JsonValue): string {
  return JSON.stringify(json, (_, value: unknown): unknown =>
    value instanceof Map ? Object.fromEntries(value.entries()) : value,
  );
}
