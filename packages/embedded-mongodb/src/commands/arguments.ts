import { Double, Int32, Long, Decimal128, Binary, Timestamp } from 'bson';
import { MongoServerError } from '../errors';
import type { BsonDocument, MaybeValue } from '../values/types';
import { bsonTypeName } from '../values/compare';

const NUMBER_TYPES = "['long', 'int', 'decimal', 'double']";
const BOOLEAN_TYPES = "['bool', 'long', 'int', 'decimal', 'double']";

/** The server's own wording for a command field of the wrong type. */
function wrongType(field: string, value: MaybeValue, expected: string): MongoServerError {
  return new MongoServerError(
    'TypeMismatch',
    `BSON field '${field}' is the wrong type '${bsonTypeName(value)}', expected type${expected}`,
  );
}

function single(type: string): string {
  return ` '${type}'`;
}

function several(types: string): string {
  return `s '${types.replaceAll("'", '')}'`;
}

/**
 * Typed access to the fields of one command. Null counts as absent, as in the server's parsers;
 * a field of the wrong type is refused with TypeMismatch naming `command.field`.
 */
export class CommandArguments {
  constructor(
    readonly command: string,
    readonly body: BsonDocument,
  ) {}

  has(field: string): boolean {
    return this.raw(field) !== undefined;
  }

  raw(field: string): MaybeValue {
    const value = this.body.get(field);
    return value === null ? undefined : value;
  }

  document(field: string): BsonDocument | undefined {
    const value = this.raw(field);
    if (value === undefined || value instanceof Map) return value;
    throw wrongType(this.path(field), value, single('object'));
  }

  requiredDocument(field: string): BsonDocument {
    return this.document(field) ?? this.missing(field);
  }

  string(field: string): string | undefined {
    const value = this.raw(field);
    if (value === undefined || typeof value === 'string') return value;
    throw wrongType(this.path(field), value, single('string'));
  }

  requiredString(field: string): string {
    return this.string(field) ?? this.missing(field);
  }

  boolean(field: string): boolean | undefined {
    const value = this.raw(field);
    if (value === undefined || typeof value === 'boolean') return value;
    const number = toNumber(value);
    if (number === undefined) throw wrongType(this.path(field), value, several(BOOLEAN_TYPES));
    return number !== 0;
  }

  /** A number; whole unless `fractional`, since the server truncates doubles in integer fields. */
  number(field: string): number | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    const number = toNumber(value);
    if (number === undefined) throw wrongType(this.path(field), value, several(NUMBER_TYPES));
    return Math.trunc(number);
  }

  nonNegativeInteger(field: string): number | undefined {
    const number = this.number(field);
    if (number !== undefined && number < 0) {
      throw new MongoServerError(
        51024,
        `BSON field '${field}' value must be >= 0, actual value '${number}'`,
      );
    }
    return number;
  }

  documents(field: string): BsonDocument[] | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw wrongType(this.path(field), value, single('array'));
    return value.map((element, index) => {
      if (element instanceof Map) return element;
      throw wrongType(`${this.path(field)}.${index}`, element, single('object'));
    });
  }

  long(field: string): Long | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    const long = toLong(value);
    if (!long) throw wrongType(this.path(field), value, single('long'));
    return long;
  }

  timestamp(field: string): Timestamp | undefined {
    const value = this.raw(field);
    if (value === undefined || value instanceof Timestamp) return value;
    throw wrongType(this.path(field), value, single('timestamp'));
  }

  /** @throws MongoServerError 40414 in the server's words for a required field. */
  missing(field: string): never {
    throw new MongoServerError(
      40414,
      `BSON field '${this.path(field)}' is missing but a required field`,
    );
  }

  nested(field: string, document: BsonDocument): CommandArguments {
    return new CommandArguments(this.path(field), document);
  }

  /** @throws MongoServerError 40415 for the first field that is neither listed nor generic. */
  refuseUnknownFields(known: ReadonlySet<string>): void {
    for (const field of this.body.keys()) {
      if (!known.has(field)) throw this.unknownField(field);
    }
  }

  unknownField(field: string): MongoServerError {
    return new MongoServerError(40415, `BSON field '${this.path(field)}' is an unknown field.`);
  }

  private path(field: string): string {
    return `${this.command}.${field}`;
  }
}

/** A BSON number as a JavaScript number, undefined for any other type. */
export function toNumber(value: MaybeValue): number | undefined {
  if (value instanceof Int32 || value instanceof Double) return value.value;
  if (value instanceof Long) return value.toNumber();
  if (value instanceof Decimal128) return Number(value.toString());
  return undefined;
}

function toLong(value: MaybeValue): Long | undefined {
  if (value instanceof Long) return value;
  const number = toNumber(value);
  return number !== undefined && Number.isInteger(number) ? Long.fromNumber(number) : undefined;
}

/** A UUID (binary subtype 4 of 16 bytes), undefined for anything else. */
export function isUuid(value: MaybeValue): value is Binary {
  return value instanceof Binary && value.sub_type === Binary.SUBTYPE_UUID && value.position === 16;
}
