import { Decimal128, Long, MaxKey, MinKey, ObjectId } from 'mongodb';
import { fails, queryFile } from '../build-cases';

const MIXED = [
  { _id: 1, a: 1 },
  { _id: 2, a: 2.5 },
  { _id: 3, a: Long.fromNumber(3) },
  { _id: 4, a: Decimal128.fromString('4.0') },
  { _id: 5, a: 'one' },
  { _id: 6, a: null },
  { _id: 7 },
  { _id: 8, a: [1, 9] },
  { _id: 9, a: [] },
  { _id: 10, a: { b: 1 } },
  { _id: 11, a: new Date(1000) },
  { _id: 12, a: true },
  { _id: 13, a: NaN },
];

/** Comparison query operators. */
export const comparisonQueries = [
  queryFile('reference/operator/query/eq', MIXED, [
    ['a number equals the same number of another type', { a: { $eq: 4 } }, [4]],
    ['a value equals an element of an array', { a: 1 }, [1, 8]],
    ['an array equals the whole array', { a: { $eq: [1, 9] } }, [8]],
    ['an empty array equals an empty array', { a: [] }, [9]],
    ['null equals null and missing', { a: null }, [6, 7]],
    ['a document equals field for field', { a: { b: 1 } }, [10]],
    ['a document with fields in another order is another one', { a: { $eq: { b: 2 } } }, []],
    ['NaN equals NaN', { a: NaN }, [13]],
    ['a date equals the same moment', { a: new Date(1000) }, [11]],
  ]),
  queryFile('reference/operator/query/ne', MIXED, [
    ['an element of an array counts', { a: { $ne: 1 } }, [2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13]],
    [
      'not null means there and not null',
      { a: { $ne: null } },
      [1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13],
    ],
  ]),
  queryFile('reference/operator/query/gt', MIXED, [
    ['numbers of all types compare', { a: { $gt: 2 } }, [2, 3, 4, 8]],
    ['only values of the same kind compare', { a: { $gt: 'a' } }, [5]],
    ['true is greater than false', { a: { $gt: false } }, [12]],
    ['NaN is below every number', { a: { $gt: -Infinity } }, [1, 2, 3, 4, 8]],
    ['everything is above MinKey', { a: { $gt: new MinKey() }, _id: { $lte: 3 } }, [1, 2, 3]],
  ]),
  queryFile('reference/operator/query/gte', MIXED, [
    ['the bound itself belongs', { a: { $gte: 3 } }, [3, 4, 8]],
    ['null is only comparable to null', { a: { $gte: null } }, [6, 7]],
  ]),
  queryFile('reference/operator/query/lt', MIXED, [
    ['numbers of all types compare', { a: { $lt: 2.5 } }, [1, 8]],
    ['dates compare to dates', { a: { $lt: new Date(2000) } }, [11]],
    ['everything is below MaxKey', { a: { $lt: new MaxKey() }, _id: { $gt: 11 } }, [12, 13]],
  ]),
  queryFile('reference/operator/query/lte', MIXED, [
    ['the bound itself belongs', { a: { $lte: 2.5 } }, [1, 2, 8]],
    ['NaN is comparable to itself', { a: { $lte: NaN } }, [13]],
  ]),
  queryFile('reference/operator/query/in', MIXED, [
    ['any of the values', { a: { $in: [1, 'one'] } }, [1, 5, 8]],
    ['null finds missing fields', { a: { $in: [null] } }, [6, 7]],
    ['regular expressions may be among them', { a: { $in: [/^o/, 4] } }, [4, 5]],
    ['an array finds the whole array', { a: { $in: [[1, 9]] } }, [8]],
    ['no value finds nothing', { a: { $in: [] } }, []],
    ['something else than an array is refused', { a: { $in: 1 } }, fails(2, '$in needs an array')],
    ['an operator among the values is refused', { a: { $in: [{ $gt: 1 }] } }, fails(2)],
  ]),
  queryFile('reference/operator/query/nin', MIXED, [
    ['none of the values', { a: { $nin: [1, 'one', null] } }, [2, 3, 4, 9, 10, 11, 12, 13]],
    ['no value excludes nothing', { a: { $nin: [] }, _id: { $lt: 3 } }, [1, 2]],
    ['something else than an array is refused', { a: { $nin: {} } }, fails(2)],
  ]),
  queryFile(
    'reference/bson-type-comparison-order',
    [
      { _id: 1, a: new ObjectId('000000000000000000000001') },
      { _id: 2, a: new ObjectId('000000000000000000000002') },
      { _id: 3, a: 'B' },
      { _id: 4, a: 'a' },
      { _id: 5, a: 'ä' },
    ],
    [
      [
        'object ids compare by their bytes',
        { a: { $gt: new ObjectId('000000000000000000000001') } },
        [2],
      ],
      ['strings compare by their bytes', { a: { $gt: 'a' } }, [5]],
      ['upper case comes before lower case', { a: { $lt: 'a' } }, [3]],
    ],
  ),
];
