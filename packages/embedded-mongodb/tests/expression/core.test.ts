import { Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { SUPPORTED_OPERATORS } from '../../src/expression/registry';
import { compileExpression } from '../../src/expression/compile';
import { createCommandVariables } from '../../src/expression/command-variables';
import { documentFromPlain, fromPlain } from '../../src/values/plain';
import { evaluate, faultOf, testExpressions, testFaults } from '../helpers/evaluate';

// https://www.mongodb.com/docs/v7.0/meta/aggregation-quick-reference/#expressions
testExpressions('A field path', [
  ['it names a field', '$a', { a: 1 }, '1'],
  ['it is missing', '$a', {}, 'missing'],
  ['it goes into documents', '$a.b', { a: { b: 'x' } }, '"x"'],
  [
    'it meets an array, collects from its documents',
    '$a.b',
    { a: [{ b: 1 }, { c: 2 }, 3, { b: 4 }] },
    '[1, 4]',
  ],
  ['it meets an array of arrays, does not enter them', '$a.b', { a: [[{ b: 1 }]] }, '[]'],
  ['a number in it is a name, not a position', '$a.0', { a: [5] }, '[]'],
  ['it goes on below a scalar', '$a.b', { a: 5 }, 'missing'],
]);

testExpressions('An expression', [
  ['it is a plain string', 'a', {}, '"a"'],
  ['it is an empty object', {}, {}, '{}'],
  ['it is an array, missing elements become null', ['$a', '$b', 2], { a: 1 }, '[1, null, 2]'],
  [
    'it is an object, missing fields are left out',
    { x: '$a', y: { z: '$b' } },
    { a: 1 },
    '{x: 1, y: {}}',
  ],
  ['it reads $$ROOT', '$$ROOT', { a: 1 }, '{a: 1}'],
  ['it reads a field of $$CURRENT', '$$CURRENT.a', { a: 1 }, '1'],
  ['it reads $$REMOVE', '$$REMOVE', {}, 'missing'],
  ['it quotes with $literal', { $literal: '$a' }, { a: 1 }, '"$a"'],
]);

testFaults('An expression', [
  ['the operator is unknown', { $foo: 1 }, {}, 168, "Unrecognized expression '$foo'"],
  [
    'two operators stand in one object',
    { $add: [1], $abs: 1 },
    {},
    15983,
    'An object representing an expression must have exactly one field: { $add: [ 1 ], $abs: 1 }',
  ],
  [
    'a field of an object begins with $',
    { a: 1, $add: [1] },
    {},
    16410,
    "FieldPath field names may not start with '$'. Consider using $getField or $setField.",
  ],
  [
    'a field of an object has a dot',
    { 'a.b': 1 },
    {},
    16412,
    "FieldPath field names may not contain '.'. Consider using $getField or $setField.",
  ],
  ['it is a lone $', '$', {}, 16872, "'$' by itself is not a valid FieldPath"],
  ['the variable is unknown', '$$nope', {}, 17276, 'Use of undefined variable: nope'],
  ['the variable has no name', '$$', {}, 16869, 'empty variable names are not allowed'],
  ['the path ends with a dot', '$a.', {}, 40353, "FieldPath must not end with a '.'."],
  [
    'the path has an empty part',
    '$a..b',
    {},
    15998,
    'FieldPath field names may not be empty strings.',
  ],
  [
    'an operator of two gets one',
    { $eq: [1] },
    {},
    16020,
    'Expression $eq takes exactly 2 arguments. 1 were passed in.',
  ],
  [
    'an operator of two or three gets one',
    { $slice: [[1]] },
    {},
    28667,
    'Expression $slice takes at least 2 arguments, and at most 3, but 1 were passed in.',
  ],
]);

describe('compileExpression', () => {
  test('a constant, when it is compiled, is known without a document', () => {
    const expression = compileExpression(fromPlain({ $add: [1, { $multiply: [2, 3] }] }));
    expect(expression.constant?.value).toEqual(new Int32(7));
  });

  test('a constant that fails, when it stands in a pipeline, names the phase', () => {
    expect(() =>
      compileExpression(fromPlain({ $divide: [1, 0] }), {
        constantErrorPrefix: 'Failed to optimize pipeline :: caused by :: ',
      }),
    ).toThrow("Failed to optimize pipeline :: caused by :: can't $divide by zero");
  });

  test('command variables, when one uses another and NOW, are evaluated once', () => {
    const variables = createCommandVariables(
      documentFromPlain({ a: 2, b: { $multiply: ['$$a', 5] } }),
      new Date(0),
    );
    expect(evaluate(['$$a', '$$b', '$$NOW'], {}, variables)).toBe(
      '[2, 10, 1970-01-01T00:00:00.000Z]',
    );
  });

  test('command variables, when one reads a field, are refused', () => {
    expect(() => createCommandVariables(documentFromPlain({ a: '$x' }), new Date(0))).toThrow(
      'Command let Expression tried to access a field',
    );
  });
});

testExpressions('A comparison', [
  ['$eq compares across numeric types', { $eq: ['$a', new Double(1)] }, { a: 1 }, 'true'],
  ['$eq tells missing from null', { $eq: ['$a', null] }, {}, 'false'],
  ['$gt orders types', { $gt: ['$a', 5] }, { a: 'x' }, 'true'],
  ['$gte is true for equal', { $gte: [2, 2] }, {}, 'true'],
  ['$lt orders missing below null', { $lt: ['$a', null] }, {}, 'true'],
  ['$lte compares dates', { $lte: [new Date(5), new Date(4)] }, {}, 'false'],
  [
    '$ne compares documents with their field order',
    {
      $ne: [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
    },
    {},
    'true',
  ],
  ['$cmp answers an int', { $cmp: ['b', 'a'] }, {}, '1'],
  [
    '$eq compares a long exactly',
    { $eq: [Long.fromString('9007199254740993'), new Double(9007199254740992)] },
    {},
    'false',
  ],
]);

testExpressions('A boolean operator', [
  ['$and of nothing is true', { $and: [] }, {}, 'true'],
  ['$and needs all', { $and: [1, 'x', 0] }, {}, 'false'],
  ['$or of nothing is false', { $or: [] }, {}, 'false'],
  ['$or needs one', { $or: [null, 0, 'x'] }, {}, 'true'],
  ['$not of null is true', { $not: [null] }, {}, 'true'],
  ['an empty string is true', { $not: '' }, {}, 'false'],
  ['NaN is true', { $not: [NaN] }, {}, 'false'],
  ['a decimal zero is false', { $not: [Decimal128.fromString('0.00')] }, {}, 'true'],
  [
    '$and stops at the first false',
    { $and: [false, { $divide: ['$a', '$b'] }] },
    { a: 1, b: 0 },
    'false',
  ],
]);

testExpressions('A conditional', [
  ['$cond takes a list', { $cond: ['$a', 'yes', 'no'] }, { a: 1 }, '"yes"'],
  ['$cond takes names', { $cond: { if: '$a', then: 'yes', else: 'no' } }, { a: 0 }, '"no"'],
  [
    '$cond evaluates only one branch',
    { $cond: ['$a', 1, { $divide: ['$a', '$b'] }] },
    { a: 1, b: 0 },
    '1',
  ],
  ['$ifNull takes the first that is not null', { $ifNull: ['$a', null, '$c'] }, { c: 3 }, '3'],
  ['$ifNull answers its last argument', { $ifNull: ['$a', '$b'] }, {}, 'missing'],
  [
    '$switch takes the first true case',
    {
      $switch: {
        branches: [
          { case: { $gt: ['$a', 9] }, then: 'big' },
          { case: { $gt: ['$a', 3] }, then: 'mid' },
        ],
        default: 'small',
      },
    },
    { a: 5 },
    '"mid"',
  ],
  [
    '$switch falls back',
    { $switch: { branches: [{ case: '$b', then: 1 }], default: 'd' } },
    {},
    '"d"',
  ],
]);

testFaults('A conditional', [
  [
    '$cond lacks else',
    { $cond: { if: 1, then: 2 } },
    {},
    17082,
    "Missing 'else' parameter to $cond",
  ],
  ['$cond lacks if', { $cond: { then: 1, else: 2 } }, {}, 17080, "Missing 'if' parameter to $cond"],
  [
    '$cond has an unknown part',
    { $cond: { if: 1, then: 2, else: 3, x: 4 } },
    {},
    17083,
    'Unrecognized parameter to $cond: x',
  ],
  [
    '$cond has two arguments',
    { $cond: [1, 2] },
    {},
    16020,
    'Expression $cond takes exactly 3 arguments. 2 were passed in.',
  ],
  [
    '$ifNull has one argument',
    { $ifNull: ['$a'] },
    {},
    1257300,
    '$ifNull needs at least two arguments, had: 1',
  ],
  [
    '$switch has no branches',
    { $switch: { branches: [] } },
    {},
    40068,
    '$switch requires at least one branch.',
  ],
  [
    '$switch is no object',
    { $switch: 5 },
    {},
    40060,
    '$switch requires an object as an argument, found: int',
  ],
  [
    'a branch lacks then',
    { $switch: { branches: [{ case: 1 }] } },
    {},
    40065,
    "$switch requires each branch have a 'then' expression.",
  ],
]);

test('$switch, when no branch matches and there is no default, answers 40066', () => {
  expect(faultOf({ $switch: { branches: [{ case: '$a', then: 1 }] } }).code).toBe(40066);
});

testExpressions('$let, $map, $filter and $reduce', [
  [
    '$let binds',
    { $let: { vars: { x: '$a', y: 2 }, in: { $add: ['$$x', '$$y'] } } },
    { a: 1 },
    '3',
  ],
  [
    '$let hides an outer variable',
    { $let: { vars: { x: 1 }, in: { $let: { vars: { x: 2 }, in: '$$x' } } } },
    {},
    '2',
  ],
  ['$let rebinds CURRENT', { $let: { vars: { CURRENT: '$a' }, in: '$b' } }, { a: { b: 7 } }, '7'],
  [
    '$map names its element',
    { $map: { input: '$a', as: 'n', in: { $multiply: ['$$n', 2] } } },
    { a: [1, 2] },
    '[2, 4]',
  ],
  [
    '$map turns missing into null',
    { $map: { input: '$a', in: '$$this.x' } },
    { a: [{ x: 1 }, {}] },
    '[1, null]',
  ],
  ['$map of null is null', { $map: { input: '$a', in: 1 } }, {}, 'null'],
  [
    '$map nests',
    {
      $map: {
        input: [1, 2],
        as: 'x',
        in: { $map: { input: [10, 20], as: 'y', in: { $add: ['$$x', '$$y'] } } },
      },
    },
    {},
    '[[11, 21], [12, 22]]',
  ],
  [
    '$filter keeps',
    { $filter: { input: '$a', as: 'n', cond: { $gt: ['$$n', 1] } } },
    { a: [1, 2, 3] },
    '[2, 3]',
  ],
  [
    '$filter stops at its limit',
    { $filter: { input: [1, 2, 3], cond: true, limit: 2 } },
    {},
    '[1, 2]',
  ],
  [
    '$reduce folds',
    { $reduce: { input: ['a', 'b'], initialValue: '', in: { $concat: ['$$value', '$$this'] } } },
    {},
    '"ab"',
  ],
  [
    '$reduce of null is null',
    { $reduce: { input: null, initialValue: 1, in: '$$this' } },
    {},
    'null',
  ],
]);

testFaults('$let, $map, $filter and $reduce', [
  ['$let lacks in', { $let: { vars: {} } }, {}, 16877, "Missing 'in' parameter to $let"],
  [
    '$let names a variable badly',
    { $let: { vars: { Foo: 1 }, in: 1 } },
    {},
    16867,
    "'Foo' starts with an invalid character for a user variable name",
  ],
  ['$map is no object', { $map: 1 }, {}, 16878, '$map only supports an object as its argument'],
  [
    '$map gets no array',
    { $map: { input: '$a', in: 1 } },
    { a: 1 },
    16883,
    'input to $map must be an array not int',
  ],
  [
    '$filter lacks cond',
    { $filter: { input: [] } },
    {},
    28650,
    "Missing 'cond' parameter to $filter",
  ],
  [
    '$filter gets no array',
    { $filter: { input: '$a', cond: 1 } },
    { a: 'x' },
    28651,
    'input to $filter must be an array not string',
  ],
  [
    '$filter has a limit of zero',
    { $filter: { input: '$a', cond: 1, limit: 0 } },
    { a: [] },
    327392,
    '$filter: limit must be greater than 0: 0',
  ],
  [
    '$reduce lacks initialValue',
    { $reduce: { input: [], in: 1 } },
    {},
    40078,
    "$reduce requires 'initialValue' to be specified",
  ],
]);

testExpressions('A type operator', [
  ['$type of a field', { $type: '$a' }, { a: new ObjectId() }, '"objectId"'],
  ['$type of a missing field', { $type: '$a' }, {}, '"missing"'],
  ['$isNumber', { $isNumber: '$a' }, { a: Long.ONE }, 'true'],
  ['$isArray', { $isArray: '$a' }, { a: [] }, 'true'],
  ['$bsonSize', { $bsonSize: { a: 1 } }, {}, '12'],
  ['$binarySize of a string', { $binarySize: 'é' }, {}, '2'],
]);

test('SUPPORTED_OPERATORS, when it is read, names every expression operator', () => {
  expect(SUPPORTED_OPERATORS).toEqual([
    '$abs',
    '$acos',
    '$acosh',
    '$add',
    '$allElementsTrue',
    '$and',
    '$anyElementTrue',
    '$arrayElemAt',
    '$arrayToObject',
    '$asin',
    '$asinh',
    '$atan',
    '$atan2',
    '$atanh',
    '$avg',
    '$binarySize',
    '$bitAnd',
    '$bitNot',
    '$bitOr',
    '$bitXor',
    '$bsonSize',
    '$ceil',
    '$cmp',
    '$concat',
    '$concatArrays',
    '$cond',
    '$const',
    '$convert',
    '$cos',
    '$cosh',
    '$dateAdd',
    '$dateDiff',
    '$dateFromParts',
    '$dateFromString',
    '$dateSubtract',
    '$dateToParts',
    '$dateToString',
    '$dateTrunc',
    '$dayOfMonth',
    '$dayOfWeek',
    '$dayOfYear',
    '$degreesToRadians',
    '$divide',
    '$eq',
    '$exp',
    '$expr',
    '$filter',
    '$first',
    '$firstN',
    '$floor',
    '$getField',
    '$gt',
    '$gte',
    '$hour',
    '$ifNull',
    '$in',
    '$indexOfArray',
    '$indexOfBytes',
    '$indexOfCP',
    '$isArray',
    '$isNumber',
    '$isoDayOfWeek',
    '$isoWeek',
    '$isoWeekYear',
    '$last',
    '$lastN',
    '$let',
    '$literal',
    '$ln',
    '$log',
    '$log10',
    '$lt',
    '$lte',
    '$ltrim',
    '$map',
    '$max',
    '$maxN',
    '$median',
    '$mergeObjects',
    '$meta',
    '$millisecond',
    '$min',
    '$minN',
    '$minute',
    '$mod',
    '$month',
    '$multiply',
    '$ne',
    '$not',
    '$objectToArray',
    '$or',
    '$percentile',
    '$pow',
    '$radiansToDegrees',
    '$rand',
    '$range',
    '$reduce',
    '$regexFind',
    '$regexFindAll',
    '$regexMatch',
    '$replaceAll',
    '$replaceOne',
    '$reverseArray',
    '$round',
    '$rtrim',
    '$sampleRate',
    '$second',
    '$setDifference',
    '$setEquals',
    '$setField',
    '$setIntersection',
    '$setIsSubset',
    '$setUnion',
    '$sin',
    '$sinh',
    '$size',
    '$slice',
    '$sortArray',
    '$split',
    '$sqrt',
    '$stdDevPop',
    '$stdDevSamp',
    '$strLenBytes',
    '$strLenCP',
    '$strcasecmp',
    '$substr',
    '$substrBytes',
    '$substrCP',
    '$subtract',
    '$sum',
    '$switch',
    '$tan',
    '$tanh',
    '$toBool',
    '$toDate',
    '$toDecimal',
    '$toDouble',
    '$toInt',
    '$toLong',
    '$toLower',
    '$toObjectId',
    '$toString',
    '$toUpper',
    '$trim',
    '$trunc',
    '$tsIncrement',
    '$tsSecond',
    '$type',
    '$unsetField',
    '$week',
    '$year',
    '$zip',
  ]);
});
