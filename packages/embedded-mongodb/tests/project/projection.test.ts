import { compileMatch } from '../../src/match/compile';
import { compileProjection } from '../../src/project/compile';
import { documentFromPlain, toPlain } from '../../src/values/plain';

function compile(spec: object, filter: object = {}, kind: 'find' | 'aggregate' = 'find') {
  return compileProjection(documentFromPlain(spec), {
    kind,
    match: compileMatch(documentFromPlain(filter)),
  });
}

const DOCUMENT = {
  _id: 1,
  a: 1,
  b: { c: 2, d: 3 },
  l: [{ x: 1, y: 2 }, { x: 3 }, 5, [{ x: 6, y: 7 }]],
  n: [1, 2, 3, 4],
};

describe('apply, given a projection', () => {
  const cases: [string, object, object, object?][] = [
    ['an inclusion', { a: 1 }, { _id: 1, a: 1 }],
    ['an inclusion without _id', { a: 1, _id: 0 }, { a: 1 }],
    ['only _id', { _id: 1 }, { _id: 1 }],
    [
      'inclusions in the order of the document',
      { b: 1, a: true },
      { _id: 1, a: 1, b: { c: 2, d: 3 } },
    ],
    ['a nested path', { 'b.c': 1 }, { _id: 1, b: { c: 2 } }],
    ['a nested document', { b: { d: 1 } }, { _id: 1, b: { d: 3 } }],
    ['a path through an array', { 'l.x': 1, _id: 0 }, { l: [{ x: 1 }, { x: 3 }, [{ x: 6 }]] }],
    ['a path through a scalar', { 'a.b': 1 }, { _id: 1 }],
    ['a missing field', { zz: 1 }, { _id: 1 }],
    ['an exclusion', { b: 0, l: 0, n: false }, { _id: 1, a: 1 }],
    [
      'an exclusion of _id alone',
      { _id: 0 },
      { a: DOCUMENT.a, b: DOCUMENT.b, l: DOCUMENT.l, n: DOCUMENT.n },
    ],
    ['an exclusion with _id included', { _id: 1, b: 0, l: 0, n: 0 }, { _id: 1, a: 1 }],
    [
      'an exclusion through an array',
      { 'l.x': 0, a: 0, b: 0, n: 0 },
      { _id: 1, l: [{ y: 2 }, {}, 5, [{ y: 7 }]] },
    ],
    ['a computed field', { s: { $add: ['$a', 1] } }, { _id: 1, s: 2 }],
    [
      'a computed field over an existing one, last',
      { a: { $add: ['$a', 1] }, b: 1 },
      { _id: 1, b: { c: 2, d: 3 }, a: 2 },
    ],
    ['a field path', { z: '$b.c' }, { _id: 1, z: 2 }],
    ['a literal', { z: 'text' }, { _id: 1, z: 'text' }],
    ['a computed nested field', { 'b.z': { $literal: 1 } }, { _id: 1, b: { z: 1 } }],
    [
      'a computed field inside an array, which replaces what is no document',
      { 'l.z': '$a' },
      { _id: 1, l: [{ z: 1 }, { z: 1 }, { z: 1 }, [{ z: 1 }]] },
    ],
    [
      'a computed and an included field inside an array',
      { l: { x: 1, z: '$a' } },
      { _id: 1, l: [{ x: 1, z: 1 }, { x: 3, z: 1 }, { z: 1 }, [{ x: 6, z: 1 }]] },
    ],
    ['a missing computed value', { z: '$nope' }, { _id: 1 }],
    ['$slice of the first', { n: { $slice: 2 }, a: 1 }, { _id: 1, a: 1, n: [1, 2] }],
    ['$slice of the last', { n: { $slice: -1 }, l: 0, b: 0 }, { _id: 1, a: 1, n: [4] }],
    ['$slice with skip', { n: { $slice: [1, 2] }, l: 0, b: 0, a: 0 }, { _id: 1, n: [2, 3] }],
    [
      '$slice with negative skip',
      { n: { $slice: [-3, 2] }, l: 0, b: 0, a: 0 },
      { _id: 1, n: [2, 3] },
    ],
    ['$slice alone, which excludes nothing', { n: { $slice: 1 } }, { ...DOCUMENT, n: [1] }],
    ['$slice with _id: 1, which includes', { _id: 1, n: { $slice: 1 } }, { _id: 1, n: [1] }],
    ['$slice as an expression', { n: { $slice: ['$n', 1] } }, { _id: 1, n: [1] }],
    ['$elemMatch', { l: { $elemMatch: { x: 3 } } }, { _id: 1, l: [{ x: 3 }] }],
    ['$elemMatch without a match', { l: { $elemMatch: { x: 99 } } }, { _id: 1 }],
    ['$elemMatch on values', { n: { $elemMatch: { $gt: 2 } } }, { _id: 1, n: [3] }],
    ['the positional operator', { 'n.$': 1 }, { _id: 1, n: [3] }, { n: { $gt: 2 } }],
    ['the positional operator on documents', { 'l.$': 1 }, { _id: 1, l: [{ x: 3 }] }, { 'l.x': 3 }],
  ];
  test.each(cases)(
    'when it is %s, gives the projected document',
    (_what, spec, expected, filter = {}) => {
      const original = documentFromPlain(DOCUMENT);
      const result = toPlain(compile(spec, filter).apply(original));
      expect(result).toEqual(expected);
      expect(JSON.stringify(result)).toBe(JSON.stringify(expected));
      expect(toPlain(original)).toEqual(DOCUMENT);
    },
  );

  test('when it asks for the text score, takes it from the metadata', () => {
    const search = { $text: { $search: 'pie' } };
    const projection = compile({ score: { $meta: 'textScore' } }, search);
    const result = projection.apply(documentFromPlain({ _id: 1, a: 2 }), { textScore: 1.5 });
    expect(toPlain(result)).toEqual({ _id: 1, a: 2, score: 1.5 });
  });
});

describe('compileProjection, saying what it includes', () => {
  test('when it only picks fields, lists their paths', () => {
    expect(compile({ a: 1, 'b.c': 1 })).toMatchObject({
      isInclusion: true,
      includedPaths: ['a', 'b.c', '_id'],
    });
    expect(compile({ a: 1, _id: 0 }).includedPaths).toEqual(['a']);
  });

  test('when it computes or excludes, lists none', () => {
    expect(compile({ a: 1, z: '$b' }).includedPaths).toBeUndefined();
    expect(compile({ a: 0 })).toMatchObject({ isInclusion: false, includedPaths: undefined });
  });
});

describe('compileProjection, given an invalid projection', () => {
  const cases: [object, number, string][] = [
    [{ a: 1, b: 0 }, 31254, 'Cannot do exclusion on field b in inclusion projection'],
    [{ a: 0, b: 1 }, 31253, 'Cannot do inclusion on field b in exclusion projection'],
    [
      { a: 0, b: { $add: [1, 1] } },
      31252,
      'Cannot use expression other than $meta in exclusion projection',
    ],
    [{ a: 0, b: 'x' }, 31310, 'Cannot use an expression b: "x" in an exclusion projection'],
    [{ a: 1, 'a.b': 1 }, 31249, 'Path collision at a.b remaining portion b'],
    [{ 'a.b': 1, a: 1 }, 31250, 'Path collision at a'],
    [{ a: {} }, 51270, 'An empty sub-projection is not a valid value. Found empty object at path'],
    [{ a: { $elemMatch: 1 } }, 31274, 'elemMatch: Invalid argument, object required, but got int'],
    [
      { 'a.b': { $elemMatch: { c: 1 } } },
      31275,
      'Cannot use $elemMatch projection on a nested field.',
    ],
    [
      { 'a.$': 1, 'b.$': 1 },
      31276,
      'Cannot specify more than one positional projection per query.',
    ],
    [
      { 'a.$': 1, b: { $elemMatch: {} } },
      31255,
      'Cannot specify positional operator and $elemMatch.',
    ],
    [
      { b: { $elemMatch: {} }, 'a.$': 1 },
      31256,
      'Cannot specify positional operator and $elemMatch.',
    ],
    [{ 'z.$': 1 }, 31277, "Positional projection 'z.$' does not match the query document."],
    [
      { $: 1 },
      16410,
      "FieldPath field names may not start with '$'. Consider using $getField or $setField.",
    ],
    [
      { a: { $slice: [3, -2] } },
      28724,
      'First argument to $slice must be an array, but is of type: int',
    ],
    [{ a: { $nobody: 1 } }, 31325, 'Unknown expression $nobody'],
    [{ 'a.$': 0 }, 31395, 'positional projection cannot be used with exclusion'],
    [
      { a: 1, score: { $meta: 'textScore' } },
      40218,
      'query requires text score metadata, but it is not available',
    ],
    [
      { score: { $add: [{ $meta: 'textScore' }, 1] } },
      40218,
      'query requires text score metadata, but it is not available',
    ],
    [{ 'a.$': 'x' }, 31308, 'positional projection cannot be used with a literal'],
    [{ 'a.$': {} }, 31271, 'positional projection cannot be used with an expression or sub object'],
    [{ 'a.$.$': 1 }, 31287, 'Cannot use positional operator twice: a.$.$'],
    [{ 'a.': 1 }, 40353, "FieldPath must not end with a '.'."],
  ];
  test.each(cases.map(([spec, code, message]) => [code, message, spec] as const))(
    'when MongoDB would answer %i %s, throws the same',
    (code, message, spec) => {
      expect(() => compile(spec, { a: 1, b: 1 })).toThrow(
        expect.objectContaining({ code, message }),
      );
    },
  );

  test('when $slice is malformed, says why for both forms', () => {
    expect(() => compile({ a: { $slice: 'x' } })).toThrow(
      expect.objectContaining({ message: expect.stringContaining('Invalid $slice syntax.') }),
    );
  });

  test('when it is used in an aggregation, refuses what only find has', () => {
    expect(() => compile({ 'a.$': 1 }, {}, 'aggregate')).toThrow(
      expect.objectContaining({ code: 31324 }),
    );
    expect(() => compile({ a: { $elemMatch: {} } }, {}, 'aggregate')).toThrow(
      expect.objectContaining({ code: 168, message: 'Cannot use $elemMatch in this context' }),
    );
  });

  test('when the query matched without an array position, a.$ throws 51246 for an array', () => {
    const projection = compile({ 'l.$': 1 }, { l: { $exists: true } });
    expect(() => projection.apply(documentFromPlain({ l: [] }))).toThrow(
      expect.objectContaining({ code: 51246 }),
    );
  });
});
