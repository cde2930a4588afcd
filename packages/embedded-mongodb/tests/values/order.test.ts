import {
  Binary,
  BSONRegExp,
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
import { compareValues, valuesEqual } from '../../src/values/compare';
import { encodeKey, encodeKeyComponent, keyBracketBounds, valueKey } from '../../src/values/key';
import { canonicalType } from '../../src/values/compare';
import { fromPlain } from '../../src/values/plain';
import type { MaybeValue, Value } from '../../src/values/types';
import { numeric, value } from './arbitraries';

const direction = fc.constantFrom<1 | -1>(1, -1);

describe('compareValues, over MongoDB’s documented order', () => {
  const ascending: MaybeValue[] = [
    new MinKey(),
    undefined,
    null,
    new Double(NaN),
    new Double(-Infinity),
    Long.MIN_VALUE,
    new Int32(-1),
    new Double(-0.5),
    new Double(0),
    Decimal128.fromString('0.1'),
    new Double(0.1),
    new Int32(1),
    new Double(9007199254740992),
    Long.fromBigInt(9007199254740993n),
    Decimal128.fromString('9007199254740993.5'),
    Long.MAX_VALUE,
    new Double(2 ** 63),
    new Double(Infinity),
    '',
    'a',
    'a\0',
    'b',
    'é',
    '\ue000',
    '\u{10000}',
    new Map<string, Value>(),
    new Map<string, Value>([['b', new Int32(1)]]),
    new Map<string, Value>([['a', 'x']]),
    new Map<string, Value>([
      ['a', 'x'],
      ['b', null],
    ]),
    [],
    [new Int32(1)],
    [new Int32(1), null],
    ['a'],
    new Binary(Buffer.from([9]), 0),
    new Binary(Buffer.from([9]), 4),
    new Binary(Buffer.from([0, 0]), 0),
    new ObjectId('000000000000000000000001'),
    new ObjectId('000000000000000000000100'),
    false,
    true,
    new Date(-1),
    new Date(1),
    new Timestamp({ t: 1, i: 2 }),
    new Timestamp({ t: 4294967295, i: 0 }),
    new BSONRegExp('a', ''),
    new BSONRegExp('a', 'i'),
    new BSONRegExp('b', ''),
    new Code('x'),
    new MaxKey(),
  ];

  test('when each is set against each, orders them so', () => {
    ascending.forEach((left, i) => {
      ascending.forEach((right, j) => {
        expect(Math.sign(compareValues(left, right))).toBe(Math.sign(i - j));
      });
    });
  });

  test('when each is encoded as a key, memcmp orders them so in both directions', () => {
    ascending.forEach((left, i) => {
      ascending.forEach((right, j) => {
        const order = Math.sign(i - j) + 0;
        const up = Buffer.compare(encodeKeyComponent(left), encodeKeyComponent(right));
        const down = Buffer.compare(encodeKeyComponent(left, -1), encodeKeyComponent(right, -1));
        expect([up, down + 0]).toEqual([order, -order + 0]);
      });
    });
  });

  test('when a value is encoded, its key lies within the bounds of its bracket', () => {
    for (const entry of ascending) {
      const { lower, upper } = keyBracketBounds(canonicalType(entry));
      const key = encodeKeyComponent(entry);
      expect(Buffer.compare(lower, key)).toBeLessThanOrEqual(0);
      expect(Buffer.compare(key, upper)).toBeLessThan(0);
    }
  });
});

describe('compareValues, over numbers of different types', () => {
  const equal: [string, Value, Value][] = [
    ['int and double', new Int32(1), new Double(1)],
    ['zero and negative zero', new Int32(0), new Double(-0)],
    ['NaN and decimal NaN', new Double(NaN), Decimal128.fromString('NaN')],
    ['decimals of different scale', Decimal128.fromString('1.0'), Decimal128.fromString('1.00')],
    ['long and decimal', Long.MAX_VALUE, Decimal128.fromString('9223372036854775807')],
    ['infinities', new Double(Infinity), Decimal128.fromString('Infinity')],
    ['double and its exact decimal', new Double(0.5), Decimal128.fromString('0.5')],
  ];
  test.each(equal)('when they are %s of one value, are equal, also as keys', (_what, a, b) => {
    expect(valuesEqual(a, b)).toBe(true);
    expect(encodeKeyComponent(a).equals(encodeKeyComponent(b))).toBe(true);
    expect(valueKey(a)).toBe(valueKey(b));
  });

  test('when 0.1 is a double and a decimal, they differ', () => {
    expect(valuesEqual(new Double(0.1), Decimal128.fromString('0.1'))).toBe(false);
  });
});

describe('encodeKey, for any values', () => {
  test('when numbers are compared, key order is compareValues order', () => {
    fc.assert(
      fc.property(numeric, numeric, direction, (a, b, d) => {
        const keys = Buffer.compare(encodeKeyComponent(a, d), encodeKeyComponent(b, d));
        expect(keys + 0).toBe(Math.sign(compareValues(a, b)) * d + 0);
      }),
      { numRuns: 1000 },
    );
  });

  test('when values of all types are compared, key order is compareValues order', () => {
    fc.assert(
      fc.property(value, value, direction, (a, b, d) => {
        const keys = Buffer.compare(encodeKeyComponent(a, d), encodeKeyComponent(b, d));
        expect(keys + 0).toBe(Math.sign(compareValues(a, b)) * d + 0);
      }),
      { numRuns: 1000 },
    );
  });

  test('when keys are compound, orders by the first component that differs', () => {
    const pair = fc.tuple(value, value);
    fc.assert(
      fc.property(pair, pair, fc.tuple(direction, direction), (a, b, directions) => {
        const expected =
          Math.sign(compareValues(a[0], b[0])) * directions[0] ||
          Math.sign(compareValues(a[1], b[1])) * directions[1];
        const keys = Buffer.compare(encodeKey(a, directions), encodeKey(b, directions));
        expect(keys + 0).toBe(expected + 0);
      }),
      { numRuns: 1000 },
    );
  });

  test('when a key has a prefix, lies between the prefix and the prefix with 0xff', () => {
    fc.assert(
      fc.property(value, value, direction, direction, (a, b, first, second) => {
        const prefix = encodeKey([a], [first]);
        const key = encodeKey([a, b], [first, second]);
        expect(key.subarray(0, prefix.length).equals(prefix)).toBe(true);
        expect(Buffer.compare(key, Buffer.concat([prefix, Buffer.from([0xff])]))).toBe(-1);
      }),
    );
  });
});

describe('valueKey, for any values', () => {
  test('when two values are given, is equal exactly when they are', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(valueKey(a) === valueKey(b)).toBe(valuesEqual(a, b));
      }),
      { numRuns: 1000 },
    );
  });

  test('when numbers are given, is equal exactly when they are', () => {
    fc.assert(
      fc.property(numeric, numeric, (a, b) => {
        expect(valueKey(a) === valueKey(b)).toBe(valuesEqual(a, b));
      }),
      { numRuns: 1000 },
    );
  });

  test('when a number hides in a document, its type does not matter', () => {
    expect(valueKey(fromPlain({ a: new Int32(1) }))).toBe(
      valueKey(fromPlain({ a: new Double(1) })),
    );
  });
});

describe('compareValues, for any three values', () => {
  test('when ordered pairwise, is antisymmetric and transitive', () => {
    fc.assert(
      fc.property(value, value, value, (a, b, c) => {
        // Both may be -0, which is no other answer: adding 0 makes it one.
        expect(Math.sign(compareValues(a, b)) + Math.sign(compareValues(b, a)) + 0).toBe(0);
        if (compareValues(a, b) <= 0 && compareValues(b, c) <= 0) {
          expect(compareValues(a, c)).toBeLessThanOrEqual(0);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
