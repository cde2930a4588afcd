import { fails, updateFile } from '../build-cases';

const LISTS = {
  list: [3, 1, 2],
  docs: [
    { a: 1, n: 5 },
    { a: 2, n: 7 },
  ],
  text: 'x',
};

/** Update operators for arrays, and the positional operators. */
export const arrayUpdates = [
  updateFile('reference/operator/update/push', LISTS, [
    ['one value at the end', { $push: { list: 4 } }, { ...LISTS, list: [3, 1, 2, 4] }],
    ['an array as one value', { $push: { list: [4] } }, { ...LISTS, list: [3, 1, 2, [4]] }],
    ['a new array', { $push: { other: 1 } }, { ...LISTS, other: [1] }],
    ['to text is refused', { $push: { text: 1 } }, fails(2, 'must be an array')],
  ]),
  updateFile('reference/operator/update/each', LISTS, [
    ['several values', { $push: { list: { $each: [4, 5] } } }, { ...LISTS, list: [3, 1, 2, 4, 5] }],
    ['something else than an array is refused', { $push: { list: { $each: 4 } } }, fails(2)],
  ]),
  updateFile('reference/operator/update/position', LISTS, [
    [
      'from the front',
      { $push: { list: { $each: [9], $position: 0 } } },
      { ...LISTS, list: [9, 3, 1, 2] },
    ],
    [
      'from the end',
      { $push: { list: { $each: [9], $position: -1 } } },
      { ...LISTS, list: [3, 1, 9, 2] },
    ],
    [
      'beyond the end',
      { $push: { list: { $each: [9], $position: 99 } } },
      { ...LISTS, list: [3, 1, 2, 9] },
    ],
  ]),
  updateFile('reference/operator/update/slice', LISTS, [
    ['the first', { $push: { list: { $each: [], $slice: 2 } } }, { ...LISTS, list: [3, 1] }],
    ['the last', { $push: { list: { $each: [4], $slice: -2 } } }, { ...LISTS, list: [2, 4] }],
    ['none', { $push: { list: { $each: [4], $slice: 0 } } }, { ...LISTS, list: [] }],
  ]),
  updateFile('reference/operator/update/sort', LISTS, [
    ['values', { $push: { list: { $each: [0], $sort: 1 } } }, { ...LISTS, list: [0, 1, 2, 3] }],
    [
      'values, descending, then cut',
      { $push: { list: { $each: [9], $sort: -1, $slice: 2 } } },
      { ...LISTS, list: [9, 3] },
    ],
    [
      'documents by a field',
      { $push: { docs: { $each: [{ a: 3, n: 6 }], $sort: { n: -1 } } } },
      {
        ...LISTS,
        docs: [
          { a: 2, n: 7 },
          { a: 3, n: 6 },
          { a: 1, n: 5 },
        ],
      },
    ],
    ['another order is refused', { $push: { list: { $each: [], $sort: 2 } } }, fails(2)],
  ]),
  updateFile('reference/operator/update/addToSet', LISTS, [
    ['a new value', { $addToSet: { list: 4 } }, { ...LISTS, list: [3, 1, 2, 4] }],
    ['a value that is there', { $addToSet: { list: 1 } }, LISTS],
    [
      'several, each once',
      { $addToSet: { list: { $each: [1, 4, 4] } } },
      { ...LISTS, list: [3, 1, 2, 4] },
    ],
    ['a document equals field for field', { $addToSet: { docs: { a: 1, n: 5 } } }, LISTS],
    [
      'to text is refused',
      { $addToSet: { text: 1 } },
      fails(2, 'Cannot apply $addToSet to non-array'),
    ],
  ]),
  updateFile('reference/operator/update/pop', LISTS, [
    ['the last', { $pop: { list: 1 } }, { ...LISTS, list: [3, 1] }],
    ['the first', { $pop: { list: -1 } }, { ...LISTS, list: [1, 2] }],
    ['another number is refused', { $pop: { list: 2 } }, fails(9)],
    ['of text is refused', { $pop: { text: 1 } }, fails(14)],
  ]),
  updateFile('reference/operator/update/pull', LISTS, [
    ['equal values', { $pull: { list: 1 } }, { ...LISTS, list: [3, 2] }],
    ['values that meet a condition', { $pull: { list: { $gte: 2 } } }, { ...LISTS, list: [1] }],
    [
      'documents that meet a query',
      { $pull: { docs: { n: { $gt: 5 } } } },
      { ...LISTS, docs: [{ a: 1, n: 5 }] },
    ],
    ['of text is refused', { $pull: { text: 1 } }, fails(2)],
  ]),
  updateFile('reference/operator/update/pullAll', LISTS, [
    ['each of the values', { $pullAll: { list: [1, 3, 9] } }, { ...LISTS, list: [2] }],
    ['something else than an array is refused', { $pullAll: { list: 1 } }, fails(2)],
  ]),
  updateFile('reference/operator/update/positional', LISTS, [
    [
      'the element that the filter found',
      { $set: { 'list.$': 9 } },
      { ...LISTS, list: [3, 9, 2] },
      { filter: { list: 1 } },
    ],
    [
      'a field of the document that it found',
      { $inc: { 'docs.$.n': 1 } },
      {
        ...LISTS,
        docs: [
          { a: 1, n: 5 },
          { a: 2, n: 8 },
        ],
      },
      { filter: { 'docs.a': 2 } },
    ],
    [
      'with $elemMatch',
      { $set: { 'docs.$.n': 0 } },
      {
        ...LISTS,
        docs: [
          { a: 1, n: 0 },
          { a: 2, n: 7 },
        ],
      },
      { filter: { docs: { $elemMatch: { a: 1, n: 5 } } } },
    ],
    [
      'without an array in the filter it is refused',
      { $set: { 'list.$': 9 } },
      fails(2, 'The positional operator did not find the match'),
    ],
  ]),
  updateFile('reference/operator/update/positional-all', LISTS, [
    ['each element', { $inc: { 'list.$[]': 10 } }, { ...LISTS, list: [13, 11, 12] }],
    [
      'a field of each',
      { $set: { 'docs.$[].n': 0 } },
      {
        ...LISTS,
        docs: [
          { a: 1, n: 0 },
          { a: 2, n: 0 },
        ],
      },
    ],
    [
      'of text is refused',
      { $set: { 'text.$[]': 0 } },
      fails(2, 'Cannot apply array updates to non-array element'),
    ],
  ]),
  updateFile('reference/operator/update/positional-filtered', LISTS, [
    [
      'the elements that a filter chooses',
      { $set: { 'list.$[big]': 0 } },
      { ...LISTS, list: [0, 1, 0] },
      { arrayFilters: [{ big: { $gt: 1 } }] },
    ],
    [
      'the documents that a filter chooses',
      { $inc: { 'docs.$[d].n': 1 } },
      {
        ...LISTS,
        docs: [
          { a: 1, n: 5 },
          { a: 2, n: 8 },
        ],
      },
      { arrayFilters: [{ 'd.a': 2 }] },
    ],
    [
      'a name without a filter is refused',
      { $set: { 'list.$[big]': 0 } },
      fails(2, "No array filter found for identifier 'big'"),
    ],
    [
      'a filter that nothing uses is refused',
      { $set: { text: 'y' } },
      fails(9, 'was not used in the update'),
      { arrayFilters: [{ big: 1 }] },
    ],
    [
      'two filters for a name are refused',
      { $set: { 'list.$[a]': 0 } },
      fails(9),
      { arrayFilters: [{ a: 1 }, { a: 2 }] },
    ],
    [
      'a name that begins with a capital is refused',
      { $set: { 'list.$[A]': 0 } },
      fails(2),
      { arrayFilters: [{ A: 1 }] },
    ],
  ]),
];
