import { compileMatch } from '../../src/match/compile';
import { compileUpdate, equalitiesForUpsert } from '../../src/update/compile';
import { documentFromPlain, toPlain } from '../../src/values/plain';

function upsert(filter: object, update: object): unknown {
  const compiled = compileUpdate(
    Array.isArray(update) ? update.map(documentFromPlain) : documentFromPlain(update),
    { now: () => new Date(0) },
  );
  const equalities = equalitiesForUpsert(compileMatch(documentFromPlain(filter)));
  return toPlain(compiled.buildUpsert(equalities));
}

describe('buildUpsert, given a filter and an update', () => {
  const cases: [string, object, object, object][] = [
    ['equalities and operators', { b: 1, a: 2 }, { $set: { c: 3 } }, { a: 2, b: 1, c: 3 }],
    ['$eq and ranges', { a: { $eq: 1 }, b: { $gt: 5 } }, { $set: { c: 1 } }, { a: 1, c: 1 }],
    ['$and', { $and: [{ a: 1 }, { b: 2 }] }, { $inc: { n: 1 } }, { a: 1, b: 2, n: 1 }],
    ['$or of one', { $or: [{ a: 1 }] }, { $set: { c: 1 } }, { a: 1, c: 1 }],
    ['$or of two', { $or: [{ a: 1 }, { b: 2 }] }, { $set: { c: 1 } }, { c: 1 }],
    ['$in of one', { a: { $in: [1] } }, { $set: { c: 1 } }, { a: 1, c: 1 }],
    ['dotted paths', { 'a.b': 1, 'a.c': 2 }, { $set: { 'a.d': 3 } }, { a: { b: 1, c: 2, d: 3 } }],
    ['$setOnInsert', { a: 1 }, { $setOnInsert: { b: 2 } }, { a: 1, b: 2 }],
    ['an _id that is not first', { a: 1, _id: 7 }, { $set: { b: 1 } }, { _id: 7, a: 1, b: 1 }],
    ['an _id set by the update', { a: 1 }, { $set: { _id: 9 } }, { _id: 9, a: 1 }],
    ['a replacement', { a: 1, _id: 7 }, { b: 2 }, { _id: 7, b: 2 }],
    ['a pipeline', { a: 1 }, [{ $set: { b: '$a' } }], { a: 1, b: 1 }],
    ['a name with a dollar', { a: 1 }, { $set: { $b: 2 } }, { a: 1, $b: 2 }],
  ];
  test.each(cases)(
    'when there are %s, starts from what the filter pins',
    (_what, filter, update, expected) => {
      const result = upsert(filter, update);
      expect(result).toEqual(expected);
      expect(JSON.stringify(result)).toBe(JSON.stringify(expected));
    },
  );

  const refused: [string, object, object, number, string][] = [
    [
      'a field twice',
      { $and: [{ a: 1 }, { a: 2 }] },
      { $set: { b: 1 } },
      54,
      "cannot infer query fields to set, path 'a' is matched twice",
    ],
    [
      'a field and its part',
      { a: {}, 'a.b': 1 },
      { $set: { b: 1 } },
      54,
      "cannot infer query fields to set, both paths 'a.b' and 'a' are matched",
    ],
    [
      'a path and then one above it',
      { 'a.b': 1, a: { c: 1 } },
      { $set: { b: 1 } },
      54,
      "cannot infer query fields to set, both paths 'a.b' and 'a' are matched",
    ],
    [
      '$expr',
      { $expr: true },
      { $set: { b: 1 } },
      224,
      '$expr is not allowed in the query predicate for an upsert',
    ],
    [
      'a part of _id for a replacement',
      { '_id.a': 1 },
      { b: 1 },
      111,
      "field at '_id' must be exactly specified, field at sub-path '_id.a'found",
    ],
    [
      'an _id that the update changes',
      { _id: 1 },
      { $set: { _id: 2 } },
      66,
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    ],
  ];
  test.each(refused)(
    'when the filter has %s, throws as MongoDB',
    (_what, filter, update, code, message) => {
      expect(() => upsert(filter, update)).toThrow(expect.objectContaining({ code, message }));
    },
  );

  test('when the update writes below a pinned document, leaves the filter itself alone', () => {
    const filter = documentFromPlain({ a: { b: 1 } });
    const update = compileUpdate(documentFromPlain({ $set: { 'a.c': 2 } }), {
      now: () => new Date(0),
    });
    update.buildUpsert(equalitiesForUpsert(compileMatch(filter)));
    expect(toPlain(filter)).toEqual({ a: { b: 1 } });
  });
});
