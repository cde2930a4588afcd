import { Decimal128, Double, Int32, Long } from 'bson';
import {
  addNumbers,
  addOrOverflow,
  asIndex,
  divide,
  modulo,
  multiply,
  multiplyOrOverflow,
  subtract,
} from '../../src/values/numbers';
import type { NumericValue } from '../../src/values/types';

const int = (value: number): Int32 => new Int32(value);
const long = (value: bigint): Long => Long.fromBigInt(value);
const double = (value: number): Double => new Double(value);
const decimal = (value: string): Decimal128 => Decimal128.fromString(value);
const show = (value: NumericValue | undefined): string =>
  value === undefined ? 'none' : `${value._bsontype} ${value.toString()}`;

type Binary = (a: NumericValue, b: NumericValue) => NumericValue | undefined;

const cases: [string, Binary, NumericValue, NumericValue, string][] = [
  ['int + int', addNumbers, int(1), int(2), 'Int32 3'],
  ['int + int beyond 32 bits', addNumbers, int(2147483647), int(1), 'Long 2147483648'],
  ['int + long', addNumbers, int(1), long(2n), 'Long 3'],
  ['long + long beyond 64 bits', addNumbers, Long.MAX_VALUE, int(1), 'Double 9223372036854776000'],
  ['long + long beyond 64 bits in $inc', addOrOverflow, Long.MAX_VALUE, int(1), 'none'],
  ['int + double', addNumbers, int(1), double(0.5), 'Double 1.5'],
  ['int + decimal', addNumbers, int(1), decimal('0.10'), 'Decimal128 1.10'],
  ['double + decimal', addNumbers, double(2.5), decimal('0'), 'Decimal128 2.50000000000000'],
  [
    'decimal infinity - infinity',
    subtract,
    decimal('Infinity'),
    decimal('Infinity'),
    'Decimal128 NaN',
  ],
  ['int - int below 32 bits', subtract, int(-2147483648), int(1), 'Long -2147483649'],
  ['int * int', multiply, int(6), int(7), 'Int32 42'],
  ['zero * negative int', multiply, int(0), int(-5), 'Int32 0'],
  ['int * int beyond 32 bits', multiply, int(65536), int(65536), 'Long 4294967296'],
  ['long * long beyond 64 bits in $mul', multiplyOrOverflow, Long.MAX_VALUE, int(2), 'none'],
  ['decimal * decimal', multiply, decimal('1.20'), decimal('3'), 'Decimal128 3.60'],
  [
    'decimal sum rounded half to even at 34 digits',
    addNumbers,
    decimal('9999999999999999999999999999999999'),
    decimal('0.5'),
    'Decimal128 1.000000000000000000000000000000000E+34',
  ],
  [
    'decimal product of 34 digits each',
    multiply,
    decimal('1234567890123456789012345678901234'),
    decimal('1000000000000000000000000000000001'),
    'Decimal128 1.234567890123456789012345678901235E+66',
  ],
  ['int / int', divide, int(7), int(2), 'Double 3.5'],
  ['decimal / decimal, exact', divide, decimal('6'), decimal('3'), 'Decimal128 2'],
  [
    'decimal / decimal, repeating',
    divide,
    decimal('2'),
    decimal('3'),
    'Decimal128 0.6666666666666666666666666666666667',
  ],
  ['int % int', modulo, int(-7), int(3), 'Int32 -1'],
  ['long % int', modulo, long(7n), int(3), 'Long 1'],
  ['double % int', modulo, double(7.5), int(2), 'Double 1.5'],
  ['decimal % int', modulo, decimal('7.5'), int(2), 'Decimal128 1.5'],
  [
    'tiny decimal added to a huge one',
    addNumbers,
    decimal('1E+100'),
    decimal('-1E-100'),
    'Decimal128 1.000000000000000000000000000000000E+100',
  ],
];

describe('arithmetic, over MongoDB’s numeric types', () => {
  test.each(cases)(
    'when it is %s, widens and rounds as MongoDB',
    (_what, operation, a, b, expected) => {
      expect(show(operation(a, b))).toBe(expected);
    },
  );

  test('when the divisor is zero, $divide throws 2 and $mod 16610', () => {
    expect(() => divide(int(1), double(-0))).toThrow(expect.objectContaining({ code: 2 }));
    expect(() => modulo(int(1), decimal('0.0'))).toThrow(expect.objectContaining({ code: 16610 }));
  });
});

describe('asIndex, given a path component', () => {
  const components: [string, number | undefined][] = [
    ['0', 0],
    ['12', 12],
    ['01', undefined],
    ['', undefined],
    ['-1', undefined],
    ['1a', undefined],
  ];
  test.each(components)('when it is %j, answers %p', (component, expected) => {
    expect(asIndex(component)).toBe(expected);
  });
});
