import { Binary, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from 'mongodb';
import { fails, queryFile } from '../build-cases';

const STOCK = [
  { _id: 1, quantity: 5, price: 10 },
  { _id: 2, quantity: 20, price: 10 },
  { _id: 3, quantity: 20, price: 30 },
  { _id: 4, price: 40 },
];

const TYPED = [
  { _id: 1, a: new Int32(1) },
  { _id: 2, a: new Double(1.5) },
  { _id: 3, a: Long.fromNumber(3) },
  { _id: 4, a: Decimal128.fromString('4') },
  { _id: 5, a: 'text' },
  { _id: 6, a: { b: 1 } },
  { _id: 7, a: [1, 'text'] },
  { _id: 8, a: new Binary(Buffer.from([1])) },
  { _id: 9, a: new ObjectId() },
  { _id: 10, a: false },
  { _id: 11, a: new Date(0) },
  { _id: 12, a: null },
  { _id: 13, a: /x/ },
  { _id: 14, a: new Timestamp({ t: 1, i: 1 }) },
  { _id: 15 },
];

/** Logical and element query operators. */
export const logicalAndElementQueries = [
  queryFile('reference/operator/query/and', STOCK, [
    ['all must hold', { $and: [{ quantity: 20 }, { price: { $lt: 20 } }] }, [2]],
    ['an empty list is refused', { $and: [] }, fails(2, 'nonempty array')],
    ['something else than an array is refused', { $and: {} }, fails(2, 'must be an array')],
    [
      'an entry that is no document is refused',
      { $and: [1] },
      fails(2, 'entries need to be full objects'),
    ],
  ]),
  queryFile('reference/operator/query/or', STOCK, [
    ['one must hold', { $or: [{ quantity: 5 }, { price: 40 }] }, [1, 4]],
    [
      'with further conditions, both must hold',
      { $or: [{ quantity: 5 }, { quantity: 20 }], price: 10 },
      [1, 2],
    ],
    ['an empty list is refused', { $or: [] }, fails(2, 'nonempty array')],
  ]),
  queryFile('reference/operator/query/nor', STOCK, [
    ['none may hold', { $nor: [{ quantity: 20 }, { price: 40 }] }, [1]],
    ['a missing field fails a condition', { $nor: [{ quantity: { $gte: 0 } }] }, [4]],
    ['an empty list is refused', { $nor: [] }, fails(2, 'nonempty array')],
  ]),
  queryFile('reference/operator/query/not', STOCK, [
    ['the opposite, missing fields included', { quantity: { $not: { $gt: 10 } } }, [1, 4]],
    ['a regular expression may be negated', { quantity: { $not: /x/ } }, [1, 2, 3, 4]],
    [
      'a plain value is refused',
      { quantity: { $not: 5 } },
      fails(2, '$not needs a regex or a document'),
    ],
    ['an empty document is refused', { quantity: { $not: {} } }, fails(2)],
  ]),
  queryFile('reference/operator/query/exists', STOCK, [
    ['true finds those with the field', { quantity: { $exists: true } }, [1, 2, 3]],
    ['false finds those without', { quantity: { $exists: false } }, [4]],
    ['a number other than zero is true', { quantity: { $exists: 1 } }, [1, 2, 3]],
    ['zero is false', { quantity: { $exists: 0 } }, [4]],
  ]),
  queryFile('reference/operator/query/type', TYPED, [
    ['by number', { a: { $type: 2 } }, [5, 7]],
    ['by alias', { a: { $type: 'string' } }, [5, 7]],
    ['number is every numeric type', { a: { $type: 'number' } }, [1, 2, 3, 4, 7]],
    ['int', { a: { $type: 'int' } }, [1, 7]],
    ['double', { a: { $type: 'double' } }, [2]],
    ['long', { a: { $type: 'long' } }, [3]],
    ['decimal', { a: { $type: 'decimal' } }, [4]],
    ['object', { a: { $type: 'object' } }, [6]],
    ['array means the field itself', { a: { $type: 'array' } }, [7]],
    ['binData', { a: { $type: 'binData' } }, [8]],
    ['objectId', { a: { $type: 'objectId' } }, [9]],
    ['bool', { a: { $type: 'bool' } }, [10]],
    ['date', { a: { $type: 'date' } }, [11]],
    ['null does not mean missing', { a: { $type: 'null' } }, [12]],
    ['regex', { a: { $type: 'regex' } }, [13]],
    ['timestamp', { a: { $type: 'timestamp' } }, [14]],
    ['any of several', { a: { $type: ['long', 18, 'bool'] } }, [3, 10]],
    [
      'an unknown alias is refused',
      { a: { $type: 'text' } },
      fails(2, 'Unknown type name alias: text'),
    ],
    ['an unknown number is refused', { a: { $type: 99 } }, fails(2)],
    ['an empty list is refused', { a: { $type: [] } }, fails(9)],
  ]),
];
