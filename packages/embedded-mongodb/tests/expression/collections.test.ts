import { testExpressions, testFaults } from '../helpers/evaluate';

// https://www.mongodb.com/docs/v7.0/reference/operator/aggregation/#array-expression-operators
testExpressions('An array operator', [
  ['$arrayElemAt counts from the end', { $arrayElemAt: ['$a', -1] }, { a: [1, 2] }, '2'],
  ['$arrayElemAt outside is missing', { $arrayElemAt: ['$a', 5] }, { a: [1] }, 'missing'],
  ['$arrayElemAt of null is null', { $arrayElemAt: [null, 0] }, {}, 'null'],
  ['$first', { $first: '$a' }, { a: [1, 2] }, '1'],
  ['$last of an empty array is missing', { $last: '$a' }, { a: [] }, 'missing'],
  ['$size', { $size: '$a' }, { a: [1, 2] }, '2'],
  ['$concatArrays', { $concatArrays: [[1], '$a'] }, { a: [2] }, '[1, 2]'],
  ['$concatArrays with null', { $concatArrays: [[1], '$a'] }, {}, 'null'],
  ['$in', { $in: [2, '$a'] }, { a: [1, 2] }, 'true'],
  ['$indexOfArray', { $indexOfArray: ['$a', 'b', 1] }, { a: ['b', 'a', 'b'] }, '2'],
  ['$indexOfArray not found', { $indexOfArray: [[1], 2] }, {}, '-1'],
  ['$reverseArray', { $reverseArray: [[1, 2, 3]] }, {}, '[3, 2, 1]'],
  ['$range counts up', { $range: [0, 10, 3] }, {}, '[0, 3, 6, 9]'],
  ['$range counts down', { $range: [3, 0, -1] }, {}, '[3, 2, 1]'],
  ['$slice takes from the front', { $slice: [[1, 2, 3], 2] }, {}, '[1, 2]'],
  ['$slice takes from the back', { $slice: [[1, 2, 3], -2] }, {}, '[2, 3]'],
  ['$slice takes a part', { $slice: [[1, 2, 3, 4], 1, 2] }, {}, '[2, 3]'],
  ['$slice starts before the front', { $slice: [[1, 2], -5, 1] }, {}, '[1]'],
  ['$zip cuts', { $zip: { inputs: [[1, 2], ['a']] } }, {}, '[[1, "a"]]'],
  [
    '$zip fills',
    { $zip: { inputs: [[1, 2], ['a']], useLongestLength: true, defaults: [0, 'z'] } },
    {},
    '[[1, "a"], [2, "z"]]',
  ],
  [
    '$arrayToObject of pairs',
    {
      $arrayToObject: [
        [
          ['a', 1],
          ['b', 2],
        ],
      ],
    },
    {},
    '{a: 1, b: 2}',
  ],
  [
    '$arrayToObject of documents, the last wins',
    { $arrayToObject: '$a' },
    {
      a: [
        { k: 'x', v: 1 },
        { k: 'x', v: 2 },
      ],
    },
    '{x: 2}',
  ],
  [
    '$sortArray by value',
    { $sortArray: { input: [3, 'x', null, 1], sortBy: 1 } },
    {},
    '[null, 1, 3, "x"]',
  ],
  [
    '$sortArray by a field',
    { $sortArray: { input: '$a', sortBy: { n: -1 } } },
    { a: [{ n: 1 }, { n: 3 }, { n: 2 }] },
    '[{n: 3}, {n: 2}, {n: 1}]',
  ],
  ['$firstN', { $firstN: { n: 2, input: '$a' } }, { a: [1, 2, 3] }, '[1, 2]'],
  ['$lastN of more than there is', { $lastN: { n: 5, input: '$a' } }, { a: [1, 2] }, '[1, 2]'],
  ['$maxN ignores null', { $maxN: { n: 2, input: '$a' } }, { a: [1, null, 9, 5] }, '[9, 5]'],
  ['$minN', { $minN: { n: 1, input: '$a' } }, { a: [4, 2] }, '[2]'],
]);

testFaults('An array operator', [
  [
    '$size gets no array',
    { $size: '$a' },
    {},
    17124,
    'The argument to $size must be an array, but was of type: missing',
  ],
  [
    '$arrayElemAt gets no array',
    { $arrayElemAt: ['$a', 0] },
    { a: 1 },
    28689,
    "$arrayElemAt's first argument must be an array, but is int",
  ],
  [
    '$arrayElemAt gets no position',
    { $arrayElemAt: [[1], 'x'] },
    {},
    28690,
    "$arrayElemAt's second argument must be a numeric value, but is string",
  ],
  [
    '$first gets no array',
    { $first: '$a' },
    { a: 1 },
    28689,
    "$first's argument must be an array, but is int",
  ],
  [
    '$concatArrays gets an int',
    { $concatArrays: [[1], '$a'] },
    { a: 1 },
    28664,
    '$concatArrays only supports arrays, not int',
  ],
  [
    '$in gets no array',
    { $in: [1, '$a'] },
    { a: 1 },
    40081,
    '$in requires an array as a second argument, found: int',
  ],
  ['$range has no step', { $range: [0, 1, 0] }, {}, 34449, '$range requires a non-zero step value'],
  [
    '$slice takes nothing',
    { $slice: [[1], 0, 0] },
    {},
    28729,
    'Third argument to $slice must be positive: 0',
  ],
  [
    '$zip has no inputs',
    { $zip: { inputs: [] } },
    {},
    34465,
    '$zip requires at least one input array',
  ],
  [
    '$zip has defaults alone',
    { $zip: { inputs: [[1]], defaults: [0] } },
    {},
    34466,
    'cannot specify defaults unless useLongestLength is true',
  ],
  [
    '$reverseArray gets an int',
    { $reverseArray: '$a' },
    { a: 1 },
    34435,
    'The argument to $reverseArray must be an array, but was of type: int',
  ],
  [
    '$firstN takes nothing',
    { $firstN: { n: 0, input: [1] } },
    {},
    5787908,
    "'n' must be greater than 0, found 0",
  ],
  [
    '$sortArray gets no array',
    { $sortArray: { input: '$a', sortBy: 1 } },
    { a: 1 },
    2942504,
    'The input argument to $sortArray must be an array, but was of type: int',
  ],
  [
    '$arrayToObject gets triples',
    { $arrayToObject: [[['a', 1, 2]]] },
    {},
    40397,
    '$arrayToObject requires an array of size 2 arrays,found array of size: 3',
  ],
]);

testExpressions('A set operator', [
  [
    '$setUnion',
    {
      $setUnion: [
        [3, 1],
        [2, 1],
      ],
    },
    {},
    '[1, 2, 3]',
  ],
  [
    '$setIntersection',
    {
      $setIntersection: [
        [1, 2, 3],
        [3, 2],
      ],
    },
    {},
    '[2, 3]',
  ],
  ['$setDifference keeps the order', { $setDifference: [[3, 1, 3, 2], [1]] }, {}, '[3, 2]'],
  [
    '$setEquals ignores order and repetition',
    {
      $setEquals: [
        [1, 2, 2],
        [2, 1],
      ],
    },
    {},
    'true',
  ],
  ['$setIsSubset', { $setIsSubset: [[1], [1, 2]] }, {}, 'true'],
  ['$allElementsTrue of nothing', { $allElementsTrue: [[]] }, {}, 'true'],
  ['$anyElementTrue', { $anyElementTrue: [[0, false, 'x']] }, {}, 'true'],
  ['$setUnion with null', { $setUnion: [[1], null] }, {}, 'null'],
]);

testFaults('A set operator', [
  [
    '$setUnion gets an int',
    { $setUnion: [[1], '$a'] },
    { a: 1 },
    17043,
    'All operands of $setUnion must be arrays. One argument is of type: int',
  ],
  [
    '$setEquals gets one',
    { $setEquals: [[1]] },
    {},
    17045,
    '$setEquals needs at least two arguments had: 1',
  ],
  [
    '$setIsSubset gets null',
    { $setIsSubset: [null, [1]] },
    {},
    17046,
    'both operands of $setIsSubset must be arrays. First argument is of type: null',
  ],
  [
    '$anyElementTrue gets an int',
    { $anyElementTrue: '$a' },
    { a: 1 },
    17041,
    "$anyElementTrue's argument must be an array, but is int",
  ],
]);

testExpressions('An object operator', [
  [
    '$mergeObjects, the last wins',
    { $mergeObjects: [{ a: 1, b: 1 }, null, '$x'] },
    { x: { b: 2 } },
    '{a: 1, b: 2}',
  ],
  [
    '$objectToArray',
    { $objectToArray: '$x' },
    { x: { a: 1, b: [2] } },
    '[{k: "a", v: 1}, {k: "b", v: [2]}]',
  ],
  ['$getField of a name with a dot', { $getField: 'a.b' }, { 'a.b': 5 }, '5'],
  [
    '$getField of a literal',
    { $getField: { field: { $literal: '$a' }, input: '$x' } },
    { x: { $a: 6 } },
    '6',
  ],
  [
    '$setField',
    { $setField: { field: 'a.b', input: '$x', value: 1 } },
    { x: { c: 0 } },
    '{c: 0, a.b: 1}',
  ],
  [
    '$setField with $$REMOVE',
    { $setField: { field: 'c', input: '$x', value: '$$REMOVE' } },
    { x: { c: 0 } },
    '{}',
  ],
  ['$unsetField', { $unsetField: { field: 'c', input: '$x' } }, { x: { c: 0, d: 1 } }, '{d: 1}'],
]);

testFaults('An object operator', [
  [
    '$mergeObjects gets an int',
    { $mergeObjects: ['$a'] },
    { a: 1 },
    40400,
    '$mergeObjects requires object inputs, but input 1 is of type int',
  ],
  [
    '$objectToArray gets an int',
    { $objectToArray: '$a' },
    { a: 1 },
    40390,
    '$objectToArray requires a document input, found: int',
  ],
  [
    '$getField gets a path',
    { $getField: '$a' },
    {},
    5654600,
    "'$a' is a field path reference which is not allowed in this context. Did you mean {$literal: '$a'}?",
  ],
  [
    '$setField lacks its value',
    { $setField: { field: 'a', input: {} } },
    {},
    4161103,
    "$setField requires 'value' to be specified",
  ],
]);
