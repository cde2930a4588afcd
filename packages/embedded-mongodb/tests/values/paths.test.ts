import { expandPath, extractIndexKeys, getPath } from '../../src/values/paths';
import { documentFromPlain, toPlain } from '../../src/values/plain';

const values = (document: object, path: string): unknown =>
  expandPath(documentFromPlain(document), path).values.map(toPlain);

describe('expandPath, walking as a find predicate', () => {
  const cases: [string, object, string, unknown[]][] = [
    ['a field', { a: 1 }, 'a', [1]],
    ['an absent field', {}, 'a', [undefined]],
    ['a path through a scalar', { a: 1 }, 'a.b', [undefined]],
    ['a leaf array', { a: [1, 2] }, 'a', [1, 2, [1, 2]]],
    ['an empty leaf array', { a: [] }, 'a', [[]]],
    ['an array of documents', { a: [{ b: 1 }, { b: [2] }, {}, 3] }, 'a.b', [1, 2, [2], undefined]],
    ['an array without documents', { a: [1, [2]] }, 'a.b', []],
    ['a position', { a: [5, 6] }, 'a.1', [6]],
    ['a position holding an array', { a: [[5, 6]] }, 'a.0', [[5, 6]]],
    ['a position or a name', { a: [{ 0: 'name' }] }, 'a.0', ['name', { 0: 'name' }]],
    ['a path below a position', { a: [{ b: 1 }, { b: 2 }] }, 'a.1.b', [undefined, undefined, 2]],
    ['nested arrays by position', { a: [[{ b: 1 }]] }, 'a.0.b', [1]],
    ['a position beyond the end', { a: [1] }, 'a.3', []],
  ];
  test.each(cases)(
    'when the path meets %s, yields what find looks at',
    (_what, document, path, expected) => {
      expect(values(document, path)).toEqual(expected);
    },
  );
});

describe('getPath, not looking through arrays', () => {
  test('when a component indexes an array, takes the element; when it is a name, nothing', () => {
    const document = documentFromPlain({ a: [{ b: 1 }] });
    expect(toPlain(getPath(document, 'a.0.b'))).toBe(1);
    expect(getPath(document, 'a.b')).toBeUndefined();
  });
});

describe('extractIndexKeys, given a document', () => {
  const cases: [string, object, string[], unknown[][], boolean][] = [
    ['plain fields', { a: 1, b: 2 }, ['a', 'b'], [[1, 2]], false],
    ['missing fields', { a: 1 }, ['a', 'b.c'], [[1, null]], false],
    ['an array', { a: [1, 2, 1] }, ['a'], [[1], [2]], true],
    ['an empty array', { a: [], b: 1 }, ['a', 'b'], [[undefined, 1]], true],
    ['an empty array above the field', { a: [] }, ['a.b'], [[null]], true],
    ['an array of arrays', { a: [[1, 2]] }, ['a'], [[[1, 2]]], true],
    [
      'one array of documents for two fields',
      { a: [{ b: 1, c: 2 }, { b: 3 }] },
      ['a.b', 'a.c'],
      [
        [1, 2],
        [3, null],
      ],
      true,
    ],
    ['scalars within an array of documents', { a: [1, { b: 2 }] }, ['a.b'], [[null], [2]], true],
    ['a positional component', { a: [7, 8] }, ['a.1'], [[8]], false],
    [
      'a positional and a whole field',
      { a: [7, 8] },
      ['a', 'a.0'],
      [
        [7, 7],
        [8, 7],
      ],
      true,
    ],
    ['a compound through nested arrays', { a: [{ b: [1, 2] }] }, ['a.b'], [[1], [2]], true],
  ];
  test.each(cases)(
    'when it has %s, gives these keys',
    (_what, document, fields, expected, multikey) => {
      const { keys, multikeyPaths } = extractIndexKeys(documentFromPlain(document), fields);
      expect(keys.map((row) => row.map(toPlain))).toEqual(expected);
      expect(multikeyPaths).toBe(multikey);
    },
  );

  test('when two fields hold arrays, throws 171 naming both', () => {
    expect(() => extractIndexKeys(documentFromPlain({ a: [1], b: [2] }), ['a', 'b'])).toThrow(
      expect.objectContaining({ code: 171, message: 'cannot index parallel arrays [b] [a]' }),
    );
  });

  test('when the index is sparse, leaves a document without any field out', () => {
    const options = { sparse: true };
    expect(extractIndexKeys(documentFromPlain({ c: 1 }), ['a', 'b'], options).keys).toEqual([]);
    expect(extractIndexKeys(documentFromPlain({ a: null }), ['a', 'b'], options).keys).toEqual([
      [null, null],
    ]);
  });
});
