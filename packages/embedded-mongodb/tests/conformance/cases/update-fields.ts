import { Decimal128, Double, Int32, Long } from 'mongodb';
import { call, caseFile, fails, outcome, updateFile } from '../build-cases';

/** Update operators for fields and whole documents. */
export const fieldUpdates = [
  updateFile('reference/operator/update/set', { a: 1, b: { c: 1 }, list: [1, 2] }, [
    ['a new value', { $set: { a: 2 } }, { a: 2, b: { c: 1 }, list: [1, 2] }],
    ['a new field', { $set: { d: 1 } }, { a: 1, b: { c: 1 }, list: [1, 2], d: 1 }],
    [
      'a field of an embedded document',
      { $set: { 'b.d': 1 } },
      { a: 1, b: { c: 1, d: 1 }, list: [1, 2] },
    ],
    ['an element of an array', { $set: { 'list.1': 9 } }, { a: 1, b: { c: 1 }, list: [1, 9] }],
    [
      'beyond the end of an array nulls fill the gap',
      { $set: { 'list.3': 9 } },
      { a: 1, b: { c: 1 }, list: [1, 2, null, 9] },
    ],
    [
      'new fields come in lexicographic order',
      { $set: { z: 1, y: 1 } },
      { a: 1, b: { c: 1 }, list: [1, 2], y: 1, z: 1 },
    ],
    ['through a number no path leads', { $set: { 'a.b': 1 } }, fails(28, 'Cannot create field')],
    ['_id cannot change', { $set: { _id: 2 } }, fails(66, "immutable field '_id'")],
    [
      'the same field twice is a conflict',
      { $set: { a: 1 }, $inc: { a: 1 } },
      fails(40, "would create a conflict at 'a'"),
    ],
    ['a field and a part of it are a conflict', { $set: { b: 1, 'b.c': 1 } }, fails(40)],
    ['an empty path component is refused', { $set: { 'b.': 1 } }, fails(56)],
    ['something else than a document is refused', { $set: 1 }, fails(9)],
  ]),
  updateFile('reference/operator/update/unset', { a: 1, b: { c: 1 }, list: [1, 2] }, [
    ['a field goes', { $unset: { a: '' } }, { b: { c: 1 }, list: [1, 2] }],
    [
      'a field that is not there changes nothing',
      { $unset: { z: '' } },
      { a: 1, b: { c: 1 }, list: [1, 2] },
    ],
    [
      'an element of an array becomes null',
      { $unset: { 'list.0': '' } },
      { a: 1, b: { c: 1 }, list: [null, 2] },
    ],
    ['_id cannot go', { $unset: { _id: '' } }, fails(66)],
  ]),
  updateFile('reference/operator/update/inc', { a: 1, text: 'x', nothing: null }, [
    ['adds', { $inc: { a: 2 } }, { a: 3, text: 'x', nothing: null }],
    [
      'a missing field counts as zero',
      { $inc: { b: -2 } },
      { a: 1, text: 'x', nothing: null, b: -2 },
    ],
    ['a double makes it a double', { $inc: { a: 0.5 } }, { a: 1.5, text: 'x', nothing: null }],
    ['text cannot be added to', { $inc: { text: 1 } }, fails(14, 'non-numeric type')],
    ['null cannot be added to', { $inc: { nothing: 1 } }, fails(14)],
    ['text cannot be added', { $inc: { a: '1' } }, fails(14, 'non-numeric argument')],
  ]),
  updateFile('reference/operator/update/mul', { a: 3 }, [
    ['multiplies', { $mul: { a: 2 } }, { a: 6 }],
    ['a missing field becomes zero', { $mul: { b: 5 } }, { a: 3, b: 0 }],
    ['text cannot multiply', { $mul: { a: 'x' } }, fails(14)],
  ]),
  updateFile('reference/operator/update/min', { a: 5, text: 'b' }, [
    ['a lower value replaces', { $min: { a: 3 } }, { a: 3, text: 'b' }],
    ['a higher value does not', { $min: { a: 7 } }, { a: 5, text: 'b' }],
    ['other types compare by the order of types', { $min: { text: 7 } }, { a: 5, text: 7 }],
    ['a missing field is set', { $min: { b: 1 } }, { a: 5, text: 'b', b: 1 }],
  ]),
  updateFile('reference/operator/update/max', { a: 5 }, [
    ['a higher value replaces', { $max: { a: 7 } }, { a: 7 }],
    ['a lower value does not', { $max: { a: 3 } }, { a: 5 }],
    ['text is higher than numbers', { $max: { a: 'x' } }, { a: 'x' }],
  ]),
  updateFile('reference/operator/update/rename', { a: 1, b: { c: 2 }, list: [{ d: 1 }] }, [
    ['a field gets another name', { $rename: { a: 'z' } }, { b: { c: 2 }, list: [{ d: 1 }], z: 1 }],
    [
      'into an embedded document',
      { $rename: { a: 'b.a' } },
      { b: { c: 2, a: 1 }, list: [{ d: 1 }] },
    ],
    ['over another field', { $rename: { a: 'b' } }, { b: 1, list: [{ d: 1 }] }],
    [
      'a missing field changes nothing',
      { $rename: { z: 'y' } },
      { a: 1, b: { c: 2 }, list: [{ d: 1 }] },
    ],
    ['to itself is refused', { $rename: { a: 'a' } }, fails(2, 'must differ')],
    ['to something else than text is refused', { $rename: { a: 1 } }, fails(2)],
    ['out of an array is refused', { $rename: { 'list.0.d': 'z' } }, fails(2, 'array')],
  ]),
  updateFile('reference/operator/update/currentDate', { a: 1 }, [
    ['an unknown type is refused', { $currentDate: { a: { $type: 'time' } } }, fails(2)],
    ['a number is refused', { $currentDate: { a: 1 } }, fails(2)],
  ]),
  updateFile('reference/operator/update/bit', { a: 13, text: 'x' }, [
    ['and', { $bit: { a: { and: new Int32(10) } } }, { a: 8, text: 'x' }],
    ['or', { $bit: { a: { or: new Int32(2) } } }, { a: 15, text: 'x' }],
    ['xor', { $bit: { a: { xor: new Int32(5) } } }, { a: 8, text: 'x' }],
    ['text has no bits', { $bit: { text: { and: new Int32(1) } } }, fails(2)],
    ['a double has no bits', { $bit: { a: { and: new Double(1) } } }, fails(2)],
    ['an unknown operation is refused', { $bit: { a: { not: new Int32(1) } } }, fails(2)],
  ]),
  updateFile('reference/method/db.collection.replaceOne', { a: 1 }, [
    [
      'an unknown operator is refused',
      { $unknown: { a: 1 } },
      fails(9, 'Unknown modifier: $unknown'),
    ],
    ['an empty modifier changes nothing', { $set: {} }, { a: 1 }],
  ]),
  updateFile('tutorial/update-documents-with-aggregation-pipeline', { a: 1, b: 2 }, [
    ['$set computes', [{ $set: { sum: { $add: ['$a', '$b'] } } }], { a: 1, b: 2, sum: 3 }],
    ['$unset removes', [{ $unset: 'a' }], { b: 2 }],
    ['$replaceWith keeps _id', [{ $replaceWith: { c: '$a' } }], { c: 1 }],
    ['$project chooses', [{ $project: { a: 1 } }], { a: 1 }],
    ['other stages are refused', [{ $match: {} }], fails(72)],
    ['_id cannot change', [{ $set: { _id: 2 } }], fails(66)],
  ]),
  caseFile(
    'reference/operator/update/setOnInsert',
    [{ _id: 1, a: 1 }],
    [
      {
        description: 'counts for an upsert that inserts, and only then',
        operations: [
          call(
            'updateOne',
            { filter: { _id: 1 }, update: { $setOnInsert: { b: 1 } }, upsert: true },
            { matchedCount: 1, modifiedCount: 0 },
          ),
          call(
            'updateOne',
            {
              filter: { _id: 2, c: { $gt: 1 } },
              update: { $set: { a: 2 }, $setOnInsert: { b: 1 } },
              upsert: true,
            },
            { matchedCount: 0, upsertedCount: 1, upsertedId: 2 },
          ),
        ],
        outcome: outcome([
          { _id: 1, a: 1 },
          { _id: 2, a: 2, b: 1 },
        ]),
      },
      {
        description: 'equalities of the filter are part of what is inserted',
        operations: [
          call('updateOne', {
            filter: { _id: 2, 'd.e': 1, $and: [{ f: 1 }], g: { $in: [5] }, h: { $in: [1, 2] } },
            update: { $inc: { n: 1 } },
            upsert: true,
          }),
          call(
            'updateOne',
            { filter: { x: 1, $and: [{ x: 2 }] }, update: { $set: { y: 1 } }, upsert: true },
            fails(54),
          ),
        ],
        outcome: outcome([
          { _id: 1, a: 1 },
          { _id: 2, d: { e: 1 }, f: 1, g: 5, n: 1 },
        ]),
      },
    ],
  ),
  caseFile(
    'reference/bson-types: numbers in updates',
    [{ _id: 1, int: new Int32(1), long: Long.fromNumber(1), decimal: Decimal128.fromString('1') }],
    [
      {
        description: 'keep the widest type',
        operations: [
          call('updateOne', {
            filter: { _id: 1 },
            update: {
              $inc: { int: new Int32(2147483647), long: new Int32(1), decimal: new Double(1) },
            },
          }),
          call(
            'aggregate',
            {
              pipeline: [
                {
                  $project: {
                    int: { $type: '$int' },
                    long: { $type: '$long' },
                    decimal: { $type: '$decimal' },
                  },
                },
              ],
            },
            [{ int: 'long', long: 'long', decimal: 'decimal' }],
          ),
        ],
      },
      {
        description: 'a long that overflows is refused',
        operations: [
          call(
            'updateOne',
            { filter: { _id: 1 }, update: { $inc: { long: Long.MAX_VALUE } } },
            fails(2, 'Failed to apply $inc operations to current value'),
          ),
        ],
      },
      {
        description: 'the current date and timestamp',
        operations: [
          call('updateOne', {
            filter: { _id: 1 },
            update: { $currentDate: { a: true, b: { $type: 'date' }, c: { $type: 'timestamp' } } },
          }),
          call(
            'findOne',
            { filter: {}, projection: { a: 1, b: 1, c: 1 } },
            { a: { $$type: 'date' }, b: { $$type: 'date' }, c: { $$type: 'timestamp' } },
          ),
        ],
      },
    ],
  ),
];
