import { Decimal128, Double, Long } from 'bson';
import { SUPPORTED_ACCUMULATORS } from '../../src/expression/accumulators/registry';
import { aggregate, MemorySource } from '../helpers/memory-source';

const DOCUMENTS = [
  { _id: 1, g: 'a', n: 3, s: 'x' },
  { _id: 2, g: 'a', n: 1, s: 'y' },
  { _id: 3, g: 'a', n: null, s: 'x' },
  { _id: 4, g: 'a', n: 2 },
];

/** The result of one accumulator over some documents. */
async function accumulate(accumulator: object, documents: object[] = DOCUMENTS): Promise<string> {
  const source = new MemorySource({ c: documents });
  const [result] = await aggregate(source, 'c', [
    { $group: { _id: '$g', result: accumulator } },
    { $project: { _id: 0 } },
  ]);
  return result!.slice('{result: '.length, -1);
}

// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/group/#accumulator-operator
test.each([
  ['$sum of a field', { $sum: '$n' }, '6'],
  ['$sum of a constant', { $sum: 2 }, '8'],
  ['$sum of what is no number', { $sum: '$s' }, '0'],
  ['$avg', { $avg: '$n' }, '2.0'],
  ['$avg of nothing', { $avg: '$s' }, 'null'],
  ['$min', { $min: '$n' }, '1'],
  ['$max', { $max: '$s' }, '"y"'],
  ['$max of a missing field', { $max: '$nope' }, 'null'],
  ['$first', { $first: '$n' }, '3'],
  ['$last of a missing field', { $last: '$s' }, 'null'],
  ['$push leaves missing out', { $push: '$s' }, '["x", "y", "x"]'],
  ['$push keeps null', { $push: '$n' }, '[3, 1, null, 2]'],
  ['$addToSet', { $addToSet: '$s' }, '["x", "y"]'],
  ['$count', { $count: {} }, '4'],
  ['$mergeObjects', { $mergeObjects: { k: '$s' } }, '{k: "x"}'],
  ['$stdDevPop', { $stdDevPop: '$n' }, '0.816496580927726'],
  ['$stdDevSamp', { $stdDevSamp: '$n' }, '1.0'],
  ['$firstN keeps null', { $firstN: { n: 3, input: '$n' } }, '[3, 1, null]'],
  ['$lastN keeps missing as null', { $lastN: { n: 2, input: '$s' } }, '["x", null]'],
  ['$minN ignores null', { $minN: { n: 2, input: '$n' } }, '[1, 2]'],
  ['$maxN', { $maxN: { n: 2, input: '$n' } }, '[3, 2]'],
  ['$top', { $top: { sortBy: { n: -1 }, output: '$_id' } }, '1'],
  ['$bottom', { $bottom: { sortBy: { n: -1 }, output: '$_id' } }, '3'],
  ['$topN', { $topN: { n: 2, sortBy: { n: 1 }, output: ['$_id', '$n'] } }, '[[3, null], [2, 1]]'],
  ['$bottomN', { $bottomN: { n: 2, sortBy: { n: 1 }, output: '$_id' } }, '[4, 1]'],
  [
    '$topN with n from the group',
    { $topN: { n: { $cond: [true, 1, 2] }, sortBy: { n: 1 }, output: '$_id' } },
    '[3]',
  ],
] as [string, object, string][])(
  'An accumulator, when it is %s, gives what MongoDB gives',
  async (_title, accumulator, expected) => {
    await expect(accumulate(accumulator)).resolves.toBe(expected);
  },
);

test.each([
  ['ints that overflow', [2147483647, 1], '2147483648L'],
  ['longs that overflow', [Long.MAX_VALUE, Long.ONE], '9223372036854776000.0'],
  ['an int and a double', [1, new Double(2)], '3.0'],
  ['an int and a long', [1, Long.fromNumber(2)], '3L'],
  ['a decimal and an int', [Decimal128.fromString('0.10'), 2], '2.10m'],
  ['doubles that would drift', [0.1, 0.2, 0.3, 0.4], '1.0'],
  ['an infinity', [Infinity, 1], 'Infinity'],
  ['both infinities', [Infinity, -Infinity], 'NaN'],
] as [string, unknown[], string][])(
  '$sum, when it adds %s, keeps the widest type',
  async (_title, numbers, expected) => {
    const documents = numbers.map((n, index) => ({ _id: index, g: 1, n }));
    await expect(accumulate({ $sum: '$n' }, documents)).resolves.toBe(expected);
  },
);

test.each([
  ['$firstN has no n', { $firstN: { input: '$n' } }, 5787906],
  ['$firstN takes nothing', { $firstN: { input: '$n', n: 0 } }, 5787908],
  ['$maxN is no object', { $maxN: 3 }, 5787900],
  ['$top lacks sortBy', { $top: { output: '$n' } }, 5788005],
  ['$count has an argument', { $count: { a: 1 } }, 14],
  ['$mergeObjects gets a string', { $mergeObjects: '$s' }, 40400],
] as [string, object, number][])(
  'An accumulator, when %s, is refused with MongoDB’s error',
  async (_title, accumulator, code) => {
    await expect(accumulate(accumulator)).rejects.toMatchObject({ code });
  },
);

test('SUPPORTED_ACCUMULATORS, when it is read, names every accumulator', () => {
  expect(SUPPORTED_ACCUMULATORS).toEqual([
    '$addToSet',
    '$avg',
    '$bottom',
    '$bottomN',
    '$count',
    '$first',
    '$firstN',
    '$last',
    '$lastN',
    '$max',
    '$maxN',
    '$median',
    '$mergeObjects',
    '$min',
    '$minN',
    '$percentile',
    '$push',
    '$stdDevPop',
    '$stdDevSamp',
    '$sum',
    '$top',
    '$topN',
  ]);
});
