import type { BsonDocument, MaybeValue, Value } from '../values/types';

function formatEntries(document: BsonDocument): string {
  if (document.size === 0) return '{}';
  const fields = [...document].map(([name, value]) => `${name}: ${formatValue(value)}`);
  return `{ ${fields.join(', ')} }`;
}

function formatBson(
  value: Exclude<Value, null | boolean | string | Date | Value[] | BsonDocument>,
) {
  switch (value._bsontype) {
    case 'ObjectId':
      return `ObjectId('${value.toHexString()}')`;
    case 'Double':
      return formatDouble(value.value);
    case 'Timestamp':
      return `Timestamp(${value.t}, ${value.i})`;
    case 'Binary':
      return `BinData(${value.sub_type}, ${value.toString('hex').toUpperCase()})`;
    case 'BSONRegExp':
      return `/${value.pattern}/${value.options}`;
    case 'MinKey':
    case 'MaxKey':
    case 'Code':
      return value._bsontype;
    default:
      return value.toString();
  }
}

function formatDouble(value: number): string {
  if (Number.isNaN(value)) return 'nan.0';
  if (!Number.isFinite(value)) return value > 0 ? 'inf.0' : '-inf.0';
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value);
}

/** Writes a value as the server does in its error messages: `{ a: 1, b: [ "x" ] }`. */
export function formatValue(value: MaybeValue): string {
  if (value === undefined) return 'MISSING';
  if (value === null) return 'null';
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    return value.length === 0 ? '[]' : `[ ${value.map(formatValue).join(', ')} ]`;
  }
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  return value instanceof Map ? formatEntries(value) : formatBson(value);
}
