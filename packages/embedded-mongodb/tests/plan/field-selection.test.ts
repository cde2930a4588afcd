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
import { FieldSelection } from '../../src/plan/field-selection';
import { encodeDocument } from '../../src/values/codec';
import type { BsonDocument, Value } from '../../src/values/types';

const EVERY_TYPE: BsonDocument = new Map<string, Value>([
  ['double', new Double(1.5)],
  ['string', 'grün'],
  ['object', new Map<string, Value>([['inner', 'x'.repeat(100)]])],
  ['array', [new Int32(1), 'two']],
  ['binary', new Binary(Buffer.from('bytes'))],
  ['objectId', new ObjectId('0123456789abcdef01234567')],
  ['boolean', true],
  ['date', new Date(1234)],
  ['null', null],
  ['regex', new BSONRegExp('^a', 'i')],
  ['code', new Code('f()')],
  ['int', new Int32(-7)],
  ['timestamp', Timestamp.fromBits(1, 2)],
  ['long', Long.fromNumber(2 ** 40)],
  ['decimal', Decimal128.fromString('1.5')],
  ['minKey', new MinKey()],
  ['maxKey', new MaxKey()],
  ['last', 'end'],
]);

describe('FieldSelection', () => {
  const bytes = Buffer.from(encodeDocument(EVERY_TYPE));

  test.each([...EVERY_TYPE.keys()])(
    'of %s and the last field, when every type stands between, decodes just these two',
    (name) => {
      const decoded = new FieldSelection([name, 'last']).decode(bytes);
      const expected = [...EVERY_TYPE].filter(([field]) => field === name || field === 'last');
      expect([...decoded]).toEqual(expected);
    },
  );

  test('of a field that is not there, decodes the others', () => {
    expect([...new FieldSelection(['absent', 'int']).decode(bytes).keys()]).toEqual(['int']);
    expect(new FieldSelection([]).decode(bytes).size).toBe(0);
  });

  test('of two fields, when the first of them stands twice, decodes its first value and the second', () => {
    const twice = Buffer.concat([
      Buffer.from([26, 0, 0, 0]),
      Buffer.from([0x10, 0x61, 0, 1, 0, 0, 0]),
      Buffer.from([0x10, 0x61, 0, 2, 0, 0, 0]),
      Buffer.from([0x10, 0x62, 0, 3, 0, 0, 0]),
      Buffer.from([0]),
    ]);
    expect([...new FieldSelection(['a', 'b']).decode(twice)]).toEqual([
      ['a', new Int32(1)],
      ['b', new Int32(3)],
    ]);
  });
});
