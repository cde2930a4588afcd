import { expressionFile, fails } from '../build-cases';

const DOCUMENT = {
  list: [3, 1, 2],
  words: ['b', 'a'],
  nested: [[1, 2], [3]],
  object: { x: 1, y: 2 },
  docs: [
    { k: 'a', v: 1 },
    { k: 'b', v: 2 },
  ],
  text: 'Hello World',
  accents: 'caf\u00e9',
  nothing: null,
  scores: [
    { n: 1, s: 5 },
    { n: 2, s: 9 },
    { n: 3, s: 7 },
  ],
};

/** Expressions on arrays, sets, objects and text. */
export const structureExpressions = [
  expressionFile('reference/operator/aggregation: arrays', DOCUMENT, [
    ['$arrayElemAt', { $arrayElemAt: ['$list', -1] }, 2],
    ['$arrayElemAt beyond the end', { $arrayElemAt: ['$list', 9] }, { $$exists: false }],
    ['$arrayElemAt of text', { $arrayElemAt: ['$text', 0] }, fails(28689)],
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
      { a: 1, b: 2 },
    ],
    ['$arrayToObject of documents', { $arrayToObject: '$docs' }, { a: 1, b: 2 }],
    ['$concatArrays', { $concatArrays: ['$list', [9]] }, [3, 1, 2, 9]],
    ['$filter', { $filter: { input: '$list', as: 'n', cond: { $gt: ['$$n', 1] } } }, [3, 2]],
    ['$filter with a limit', { $filter: { input: '$list', cond: true, limit: 1 } }, [3]],
    ['$first', { $first: '$list' }, 3],
    ['$last', { $last: '$list' }, 2],
    ['$firstN', { $firstN: { input: '$list', n: 2 } }, [3, 1]],
    ['$lastN', { $lastN: { input: '$list', n: 2 } }, [1, 2]],
    ['$maxN', { $maxN: { input: '$list', n: 2 } }, [3, 2]],
    ['$minN', { $minN: { input: '$list', n: 2 } }, [1, 2]],
    ['$in', { $in: [1, '$list'] }, true],
    ['$in of text', { $in: [1, '$text'] }, fails(40081)],
    ['$indexOfArray', { $indexOfArray: ['$list', 2] }, 2],
    ['$isArray', { $isArray: '$list' }, true],
    ['$map', { $map: { input: '$list', as: 'n', in: { $add: ['$$n', 1] } } }, [4, 2, 3]],
    [
      '$objectToArray',
      { $objectToArray: '$object' },
      [
        { k: 'x', v: 1 },
        { k: 'y', v: 2 },
      ],
    ],
    ['$range', { $range: [0, 6, 2] }, [0, 2, 4]],
    [
      '$reduce',
      { $reduce: { input: '$list', initialValue: 0, in: { $add: ['$$value', '$$this'] } } },
      6,
    ],
    ['$reverseArray', { $reverseArray: '$list' }, [2, 1, 3]],
    ['$size', { $size: '$list' }, 3],
    ['$size of text', { $size: '$text' }, fails(17124)],
    ['$slice', { $slice: ['$list', 1, 2] }, [1, 2]],
    ['$sortArray', { $sortArray: { input: '$list', sortBy: 1 } }, [1, 2, 3]],
    [
      '$sortArray of documents',
      { $sortArray: { input: '$docs', sortBy: { v: -1 } } },
      [
        { k: 'b', v: 2 },
        { k: 'a', v: 1 },
      ],
    ],
    [
      '$zip',
      { $zip: { inputs: ['$list', '$words'] } },
      [
        [3, 'b'],
        [1, 'a'],
      ],
    ],
    [
      '$zip to the longest',
      { $zip: { inputs: ['$list', '$words'], useLongestLength: true, defaults: [0, 'z'] } },
      [
        [3, 'b'],
        [1, 'a'],
        [2, 'z'],
      ],
    ],
    [
      '$zip keeps null elements',
      {
        $zip: {
          inputs: [
            [null, 1],
            [1, 2, 3],
          ],
          useLongestLength: true,
          defaults: ['x', 'y'],
        },
      },
      [
        [null, 1],
        [1, 2],
        ['x', 3],
      ],
    ],
  ]),
  expressionFile('reference/operator/aggregation: accumulators as expressions', DOCUMENT, [
    ['$sum', { $sum: '$list' }, 6],
    ['$avg', { $avg: '$list' }, 2, 'double'],
    ['$min', { $min: '$list' }, 1],
    ['$max', { $max: '$list' }, 3],
    ['$stdDevPop', { $stdDevPop: [1, 3] }, 1],
    ['$stdDevSamp', { $stdDevSamp: [1] }, null],
  ]),
  expressionFile('reference/operator/aggregation: sets', DOCUMENT, [
    ['$allElementsTrue', { $allElementsTrue: [[1, true]] }, true],
    ['$anyElementTrue', { $anyElementTrue: [[0, false]] }, false],
    ['$setDifference', { $setDifference: [[1, 2, 3], [2]] }, [1, 3]],
    [
      '$setEquals',
      {
        $setEquals: [
          [1, 2],
          [2, 1, 1],
        ],
      },
      true,
    ],
    [
      '$setIntersection',
      {
        $setIntersection: [
          [1, 2],
          [2, 3],
        ],
      },
      [2],
    ],
    ['$setIsSubset', { $setIsSubset: [[1], [1, 2]] }, true],
    [
      '$setUnion',
      {
        $setUnion: [
          [2, 1],
          [3, 1],
        ],
      },
      [1, 2, 3],
    ],
    ['$setUnion of text', { $setUnion: ['$text', [1]] }, fails(17043)],
  ]),
  expressionFile('reference/operator/aggregation: objects', DOCUMENT, [
    ['$mergeObjects', { $mergeObjects: ['$object', { y: 9, z: 3 }, null] }, { x: 1, y: 9, z: 3 }],
    ['$mergeObjects of a number', { $mergeObjects: ['$object', 1] }, fails(40400)],
    ['$getField', { $getField: { field: 'x', input: '$object' } }, 1],
    ['$setField', { $setField: { field: 'z', input: '$object', value: 3 } }, { x: 1, y: 2, z: 3 }],
    ['$unsetField', { $unsetField: { field: 'x', input: '$object' } }, { y: 2 }],
  ]),
  expressionFile('reference/operator/aggregation: text', DOCUMENT, [
    ['$concat', { $concat: ['$text', '!'] }, 'Hello World!'],
    ['$concat of null', { $concat: ['$text', null] }, null],
    ['$concat of a number', { $concat: ['$text', 1] }, fails(16702)],
    ['$indexOfBytes', { $indexOfBytes: ['$accents', '\u00e9'] }, 3],
    ['$indexOfCP', { $indexOfCP: ['$text', 'World'] }, 6],
    ['$ltrim', { $ltrim: { input: '  x ' } }, 'x '],
    ['$rtrim', { $rtrim: { input: 'xyy', chars: 'y' } }, 'x'],
    ['$trim', { $trim: { input: ' x ' } }, 'x'],
    [
      '$regexFind',
      { $regexFind: { input: '$text', regex: /(o) (W)/ } },
      { match: 'o W', idx: 4, captures: ['o', 'W'] },
    ],
    [
      '$regexFindAll',
      { $regexFindAll: { input: '$text', regex: 'l+' } },
      [
        { match: 'll', idx: 2, captures: [] },
        { match: 'l', idx: 9, captures: [] },
      ],
    ],
    ['$regexMatch', { $regexMatch: { input: '$text', regex: 'WORLD', options: 'i' } }, true],
    [
      '$replaceAll',
      { $replaceAll: { input: '$text', find: 'l', replacement: 'L' } },
      'HeLLo WorLd',
    ],
    [
      '$replaceOne',
      { $replaceOne: { input: '$text', find: 'l', replacement: 'L' } },
      'HeLlo World',
    ],
    ['$split', { $split: ['$text', ' '] }, ['Hello', 'World']],
    ['$strLenBytes', { $strLenBytes: '$accents' }, 5],
    ['$strLenCP', { $strLenCP: '$accents' }, 4],
    ['$strLenCP of null', { $strLenCP: '$nothing' }, fails(34471)],
    ['$strcasecmp', { $strcasecmp: ['$text', 'hello world'] }, 0],
    ['$substr', { $substr: ['$text', 0, 5] }, 'Hello'],
    ['$substrBytes within a character', { $substrBytes: ['$accents', 4, 1] }, fails(28656)],
    ['$substrCP', { $substrCP: ['$accents', 3, 1] }, '\u00e9'],
    ['$toLower', { $toLower: '$text' }, 'hello world'],
    ['$toUpper', { $toUpper: '$text' }, 'HELLO WORLD'],
  ]),
];
