import { Binary } from 'mongodb';
import { fails, queryFile } from '../build-cases';

const WORDS = [
  { _id: 1, word: 'Apple', number: 7 },
  { _id: 2, word: 'banana\napple', number: 12 },
  { _id: 3, word: 'cherry', number: -7 },
  { _id: 4, number: 4.9, words: ['apple', 'plum'] },
  { _id: 5, word: 5, number: 'four' },
];

const LISTS = [
  { _id: 1, list: [80, 85, 90] },
  { _id: 2, list: [75, 88, 95] },
  {
    _id: 3,
    list: [
      { product: 'a', score: 8 },
      { product: 'b', score: 5 },
    ],
  },
  {
    _id: 4,
    list: [
      { product: 'a', score: 5 },
      { product: 'b', score: 8 },
    ],
  },
  { _id: 5, list: [] },
  { _id: 6, list: 80 },
  { _id: 7, list: [[80, 85]] },
];

const BITS = [
  { _id: 1, a: 54 },
  { _id: 2, a: 20 },
  { _id: 3, a: 20.0 },
  { _id: 4, a: new Binary(Buffer.from([0x66])) },
  { _id: 5, a: 'text' },
  { _id: 6, a: 1.5 },
];

/** Evaluation, array and bitwise query operators. */
export const evaluationAndArrayQueries = [
  queryFile('reference/operator/query/regex', WORDS, [
    ['part of a string', { word: /err/ }, [3]],
    ['case matters', { word: { $regex: '^a' } }, []],
    ['option i ignores case', { word: { $regex: '^a', $options: 'i' } }, [1]],
    ['option m lets ^ match at each line', { word: { $regex: '^apple', $options: 'm' } }, [2]],
    ['option s lets . match line ends', { word: { $regex: 'banana.apple', $options: 's' } }, [2]],
    ['without s it does not', { word: { $regex: 'banana.apple' } }, []],
    [
      'option x ignores white space',
      { word: { $regex: ' c h # first\n erry', $options: 'x' } },
      [3],
    ],
    ['an element of an array matches', { words: /^pl/ }, [4]],
    [
      '$options without $regex are refused',
      { word: { $options: 'i' } },
      fails(2, '$options needs a $regex'),
    ],
    ['an unknown option is refused', { word: { $regex: 'a', $options: 'q' } }, fails(51108)],
    ['options in both places are refused', { word: { $regex: /a/i, $options: 'i' } }, fails(51075)],
    ['a broken pattern is refused', { word: { $regex: '(' } }, fails(51091)],
    [
      'something else than a pattern is refused',
      { word: { $regex: 1 } },
      fails(2, '$regex has to be a string'),
    ],
  ]),
  queryFile('reference/operator/query/mod', WORDS, [
    ['divisor and remainder', { number: { $mod: [5, 2] } }, [1, 2]],
    ['a negative number keeps its sign', { number: { $mod: [5, -2] } }, [3]],
    ['fractions are cut off', { number: { $mod: [4.9, 0] } }, [2, 4]],
    ['a divisor of zero is refused', { number: { $mod: [0, 1] } }, fails(2, 'divisor cannot be 0')],
    ['too few numbers are refused', { number: { $mod: [4] } }, fails(2, 'not enough elements')],
    [
      'too many numbers are refused',
      { number: { $mod: [4, 1, 1] } },
      fails(2, 'too many elements'),
    ],
    [
      'something else than an array is refused',
      { number: { $mod: 4 } },
      fails(2, 'needs to be an array'),
    ],
  ]),
  queryFile('reference/operator/query/expr', WORDS, [
    ['fields may be compared', { $expr: { $lt: ['$number', '$_id'] } }, [3]],
    ['types are compared, not bracketed', { $expr: { $gt: ['$word', 100] } }, [1, 2, 3]],
    ['an unknown operator is refused', { $expr: { $unknown: 1 } }, fails(168)],
    ['below a field it is refused', { number: { $expr: 1 } }, fails(2)],
  ]),
  queryFile('reference/operator/query/all', LISTS, [
    ['every value is in the array', { list: { $all: [80, 90] } }, [1]],
    ['a single value works as an array of one', { list: { $all: [80] } }, [1, 6]],
    ['an array matches whole or as an element', { list: { $all: [[80, 85]] } }, [7]],
    ['no value finds nothing', { list: { $all: [] } }, []],
    ['with $elemMatch', { list: { $all: [{ $elemMatch: { product: 'a', score: 5 } }] } }, [4]],
    [
      'something else than an array is refused',
      { list: { $all: 1 } },
      fails(2, '$all needs an array'),
    ],
  ]),
  queryFile('reference/operator/query/elemMatch', LISTS, [
    ['one element satisfies all conditions', { list: { $elemMatch: { $gte: 80, $lt: 85 } } }, [1]],
    [
      'one embedded document satisfies all',
      { list: { $elemMatch: { product: 'b', score: { $gt: 6 } } } },
      [4],
    ],
    [
      'without it, different elements may',
      { 'list.product': 'b', 'list.score': { $gt: 6 } },
      [3, 4],
    ],
    ['a field that is no array does not match', { list: { $elemMatch: { $eq: 80 } } }, [1]],
    [
      'something else than a document is refused',
      { list: { $elemMatch: 80 } },
      fails(2, '$elemMatch needs an Object'),
    ],
  ]),
  queryFile('reference/operator/query/size', LISTS, [
    ['the length of the array', { list: { $size: 3 } }, [1, 2]],
    ['an empty array has length zero', { list: { $size: 0 } }, [5]],
    ['a whole number of another type', { list: { $size: 1.0 } }, [7]],
    ['a negative length is refused', { list: { $size: -1 } }, fails(2)],
    ['a fraction is refused', { list: { $size: 1.5 } }, fails(2)],
    ['a string is refused', { list: { $size: '1' } }, fails(2)],
  ]),
  queryFile('reference/operator/query/bitsAllSet', BITS, [
    ['by positions', { a: { $bitsAllSet: [1, 5] } }, [1, 4]],
    ['by a mask', { a: { $bitsAllSet: 50 } }, [1]],
    ['by binary data', { a: { $bitsAllSet: new Binary(Buffer.from([0x30])) } }, [1]],
    ['a negative position is refused', { a: { $bitsAllSet: [-1] } }, fails(2)],
    ['a negative mask is refused', { a: { $bitsAllSet: -1 } }, fails(9)],
  ]),
  queryFile('reference/operator/query/bitsAllClear', BITS, [
    ['by positions', { a: { $bitsAllClear: [1, 5] } }, [2, 3]],
    ['by a mask', { a: { $bitsAllClear: 35 } }, [2, 3]],
  ]),
  queryFile('reference/operator/query/bitsAnySet', BITS, [
    ['by positions', { a: { $bitsAnySet: [1, 5] } }, [1, 4]],
    ['by a mask', { a: { $bitsAnySet: 35 } }, [1, 4]],
  ]),
  queryFile('reference/operator/query/bitsAnyClear', BITS, [
    ['by positions', { a: { $bitsAnyClear: [1, 5] } }, [2, 3]],
    ['by a mask', { a: { $bitsAnyClear: 35 } }, [1, 2, 3, 4]],
  ]),
  queryFile('reference/operator/query/comment', WORDS, [
    ['a comment changes nothing', { number: 7, $comment: 'why' }, [1]],
  ]),
  queryFile('reference/operator/query/sampleRate', WORDS, [
    ['a rate of one finds all', { $sampleRate: 1 }, [1, 2, 3, 4, 5]],
    ['a rate of zero finds none', { $sampleRate: 0 }, []],
    ['a rate above one is refused', { $sampleRate: 2 }, fails(2)],
  ]),
  queryFile('reference/operator/query', WORDS, [
    [
      'an unknown operator is refused',
      { number: { $unknown: 1 } },
      fails(2, 'unknown operator: $unknown'),
    ],
    [
      'an unknown top level operator is refused',
      { $unknown: 1 },
      fails(2, 'unknown top level operator: $unknown'),
    ],
  ]),
];
