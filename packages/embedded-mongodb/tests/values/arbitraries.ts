import {
  Binary,
  BSONRegExp,
  BSONSymbol,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
} from 'bson';
import fc from 'fast-check';
import type { BsonDocument, NumericValue, Value } from '../../src/values/types';

const INTERESTING_DOUBLES = [
  NaN,
  0,
  -0,
  Infinity,
  -Infinity,
  0.1,
  -0.1,
  5e-324,
  -5e-324,
  1.7976931348623157e308,
  -1.7976931348623157e308,
  2 ** 53,
  2 ** 53 + 2,
  -(2 ** 53),
  2 ** 63,
  -(2 ** 63),
  9.223372036854775e18,
];

const INTERESTING_LONGS = [
  0n,
  1n,
  -1n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 53n + 1n,
  -(2n ** 53n) - 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  2n ** 63n - 512n,
];

const INTERESTING_DECIMALS = [
  'NaN',
  'Infinity',
  '-Infinity',
  '0',
  '-0',
  '0E+6000',
  '1.0',
  '1.00',
  '0.1',
  '-0.1',
  '1E-6176',
  '-1E-6176',
  '9.999999999999999999999999999999999E+6144',
  '-9.999999999999999999999999999999999E+6144',
  '9007199254740992',
  '9007199254740993',
  '9007199254740992.5',
  '9223372036854775807',
  '9223372036854775808',
  '0.1000000000000000055511151231257827',
  '1E+309',
  '-1E+309',
];

const decimal = fc
  .tuple(
    fc.bigInt({ min: -(10n ** 34n) + 1n, max: 10n ** 34n - 1n }),
    fc.integer({ min: -40, max: 40 }),
  )
  .map(([coefficient, exponent]) => Decimal128.fromString(`${coefficient}E${exponent}`));

/** Every numeric type, crowded around the places where they meet. */
export const numeric: fc.Arbitrary<NumericValue> = fc.oneof(
  fc.integer({ min: -3, max: 3 }).map((value) => new Int32(value)),
  fc.integer().map((value) => new Int32(value)),
  fc.double().map((value) => new Double(value)),
  fc.constantFrom(...INTERESTING_DOUBLES).map((value) => new Double(value)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => Long.fromBigInt(value)),
  fc.constantFrom(...INTERESTING_LONGS).map((value) => Long.fromBigInt(value)),
  fc.constantFrom(...INTERESTING_DECIMALS).map((value) => Decimal128.fromString(value)),
  fc.integer({ min: -3, max: 3 }).map((value) => Decimal128.fromString(`${value}.0`)),
  decimal,
);

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom('', 'a', 'a\0', 'a\0b', 'ab', '\uffff', '\u{1f600}', '\ue000', 'é', 'e\u0301'),
);

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'ab', '', '1', '__proto__'),
  fc.string({ maxLength: 4 }).map((value) => value.replaceAll('\0', '')),
);

const bytes = fc.uint8Array({ maxLength: 20 });
const uint32 = fc.nat({ max: 0xffffffff });

const scalar: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: numeric },
  { weight: 3, arbitrary: text },
  fc.constant(null),
  fc.boolean(),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((value) => new ObjectId(value)),
  fc.tuple(bytes, fc.constantFrom(0, 4, 5, 128)).map(([value, type]) => new Binary(value, type)),
  fc.constantFrom(new MinKey(), new MaxKey()),
  fc.tuple(uint32, uint32).map(([i, t]) => new Timestamp({ t, i })),
  fc
    .tuple(fc.constantFrom('a', 'a.*', ''), fc.constantFrom('', 'i', 'im'))
    .map(([pattern, options]) => new BSONRegExp(pattern, options)),
  text.map((value) => new BSONSymbol(value)),
  text.map((value) => new Code(value)),
);

const tree = fc.letrec<{ value: Value; document: BsonDocument; array: Value[] }>((tie) => ({
  document: fc
    .array(fc.tuple(name, tie('value')), { maxLength: 3 })
    .map((entries) => new Map(entries)),
  array: fc.array(tie('value'), { maxLength: 3 }),
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: scalar },
    { weight: 1, arbitrary: tie('document') },
    { weight: 1, arbitrary: tie('array') },
  ),
}));

/** Any BSON value. */
export const value: fc.Arbitrary<Value> = tree.value;
/** Any BSON document. */
export const document: fc.Arbitrary<BsonDocument> = tree.document;
