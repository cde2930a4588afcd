import { deserialize, serialize, Long, Timestamp } from 'bson';
import fc from 'fast-check';
import { decodeDocument, encodeDocument, fromPlain, toPlain } from '../../src/values/codec';
import { valuesIdentical } from '../../src/values/compare';
import { assertValidBson } from '../../src/values/raw';
import type { BsonDocument, Value } from '../../src/values/types';
import { document } from './arbitraries';

const BSON_OPTIONS = {
  promoteValues: false,
  promoteLongs: false,
  bsonRegExp: true,
  promoteBuffers: false,
} as const;

const invalidCode = (bytes: Uint8Array) => codeOf(() => decodeDocument(bytes));
const refusedCode = (bytes: Uint8Array) => codeOf(() => assertValidBson(bytes));

function codeOf(work: () => unknown): number | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as { code: number }).code;
  }
}

function nested(depth: number): BsonDocument {
  let value: Value = null;
  for (let level = 0; level < depth; level++) value = new Map([['a', value]]);
  return new Map([['a', value]]);
}

describe('encodeDocument, for any document', () => {
  test('when its bytes are decoded, gives the identical document', () => {
    fc.assert(
      fc.property(document, (original) => {
        expect(valuesIdentical(decodeDocument(encodeDocument(original)), original)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test('when bson serializes the same Map, gives the same bytes', () => {
    fc.assert(
      fc.property(document, (original) => {
        const expected = serialize(original);
        expect(encodeDocument(original).equals(expected)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('when a timestamp lies beyond January 2038, decodes to it', () => {
    const last = new Timestamp({ t: 4294967295, i: 4294967294 });
    const decoded = decodeDocument(serialize({ last })).get('last') as Timestamp;
    expect([decoded.t, decoded.i]).toEqual([4294967295, 4294967294]);
  });

  test('when bson deserializes and serializes the bytes, they stay the same', () => {
    const original = fromPlain({
      a: 1,
      b: [1.5, 'x', { c: null }],
      d: new Date(5),
      e: Long.fromBigInt(2n ** 60n),
    }) as BsonDocument;
    const bytes = encodeDocument(original);
    expect(Buffer.from(serialize(deserialize(bytes, BSON_OPTIONS))).equals(bytes)).toBe(true);
  });
});

describe('encodeDocument, at its limits', () => {
  test('when the document is above 16 MiB + 16 KiB, throws 10334', () => {
    const huge: BsonDocument = new Map([['a', 'x'.repeat(17 * 1024 * 1024)]]);
    expect(() => encodeDocument(huge)).toThrow(
      expect.objectContaining({ code: 10334, codeName: 'BSONObjectTooLarge' }),
    );
  });

  test('when a name holds a zero byte, throws 2', () => {
    expect(() => encodeDocument(new Map([['a\0b', null]]))).toThrow(
      expect.objectContaining({ code: 2 }),
    );
  });
});

describe('decodeDocument, given bytes at an offset', () => {
  test('when the offset is not 0, reads the document there', () => {
    const bytes = Buffer.concat([Buffer.from([1, 2, 3]), encodeDocument(new Map([['a', true]]))]);
    expect(toPlain(decodeDocument(bytes, 3))).toEqual({ a: true });
  });

  test('when the input is overwritten afterwards, the document keeps its values', () => {
    const bytes = Buffer.from(serialize({ id: new Uint8Array([1, 2, 3]) }));
    const decoded = decodeDocument(bytes);
    bytes.fill(0);
    expect(encodeDocument(decoded).equals(serialize({ id: new Uint8Array([1, 2, 3]) }))).toBe(true);
  });
});

describe('decodeDocument and assertValidBson, given malformed bytes', () => {
  const malformed: [string, number[]][] = [
    ['nothing', []],
    ['a length below 5', [4, 0, 0, 0]],
    ['a length beyond the bytes', [6, 0, 0, 0, 0]],
    ['a negative length', [0xff, 0xff, 0xff, 0xff, 0]],
    ['no terminator', [5, 0, 0, 0, 1]],
    ['an unterminated name', [8, 0, 0, 0, 10, 97, 98, 0]],
    ['an int cut short', [10, 0, 0, 0, 16, 97, 0, 1, 0, 0]],
    ['a string without terminator', [14, 0, 0, 0, 2, 97, 0, 2, 0, 0, 0, 98, 99, 0]],
    ['a string of length 0', [12, 0, 0, 0, 2, 97, 0, 0, 0, 0, 0, 0]],
    ['invalid UTF-8', [14, 0, 0, 0, 2, 97, 0, 2, 0, 0, 0, 0xff, 0, 0]],
    ['a boolean of 2', [9, 0, 0, 0, 8, 97, 0, 2, 0]],
    ['the deprecated undefined', [8, 0, 0, 0, 6, 97, 0, 0]],
    ['an unknown type', [8, 0, 0, 0, 20, 97, 0, 0]],
    ['a regular expression with an unknown option', [12, 0, 0, 0, 11, 97, 0, 98, 0, 122, 0, 0]],
    ['a terminator before the end', [7, 0, 0, 0, 0, 0, 0]],
  ];
  test.each(malformed)('when it is %s, throws 22 InvalidBSON', (_what, bytes) => {
    expect(invalidCode(Uint8Array.from(bytes))).toBe(22);
    expect(refusedCode(Uint8Array.from(bytes))).toBe(22);
  });

  test('when nested 201 deep, throws 15 Overflow; 200 deep is read', () => {
    expect(invalidCode(encodeDocument(nested(200)))).toBeUndefined();
    expect(invalidCode(encodeDocument(nested(201)))).toBe(15);
    expect(refusedCode(encodeDocument(nested(200)))).toBeUndefined();
    expect(refusedCode(encodeDocument(nested(201)))).toBe(15);
  });

  test('when any bytes of a valid document are changed, either decodes or throws 22', () => {
    fc.assert(
      fc.property(document, fc.nat(), fc.nat(255), (original, position, byte) => {
        const bytes = encodeDocument(original);
        bytes[position % bytes.length] = byte;
        expect([undefined, 22]).toContain(invalidCode(bytes));
        expect(refusedCode(bytes)).toBe(invalidCode(bytes));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('fromPlain and toPlain, given plain JavaScript', () => {
  test('when numbers are integers, choose Int32, then Long, and Double for the rest', () => {
    const value = fromPlain([1, 2 ** 31, 1.5, -0]) as { _bsontype: string }[];
    expect(value.map((number) => number._bsontype)).toEqual(['Int32', 'Long', 'Double', 'Double']);
  });

  test('when taken there and back, give the same', () => {
    const plain = { a: 1, b: [null, 'x', { __proto__: null, c: 2.5 }], d: 2 ** 40 };
    expect(toPlain(fromPlain(plain))).toEqual({ a: 1, b: [null, 'x', { c: 2.5 }], d: 2 ** 40 });
  });
});
