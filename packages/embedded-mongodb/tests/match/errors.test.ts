import { compileMatch } from '../../src/match/compile';
import { documentFromPlain } from '../../src/values/plain';

const cases: [filter: object, code: number, message: string][] = [
  [
    { $foo: 1 },
    2,
    "unknown top level operator: $foo. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.",
  ],
  [{ a: { $foo: 1 } }, 2, 'unknown operator: $foo'],
  [{ a: { $gt: 1, b: 2 } }, 2, 'unknown operator: b'],
  [{ a: { $where: 'x' } }, 2, '$where cannot be applied to a field'],
  [{ $and: 1 }, 2, '$and must be an array'],
  [{ $or: [] }, 2, '$and/$or/$nor must be a nonempty array'],
  [{ $nor: [1] }, 2, '$or/$and/$nor entries need to be full objects'],
  [{ a: { $in: 1 } }, 2, '$in needs an array'],
  [{ a: { $nin: 1 } }, 2, '$nin needs an array'],
  [{ a: { $in: [{ $gt: 1 }] } }, 2, 'cannot nest $ under $in'],
  [{ a: { $gt: /x/ } }, 2, "Can't have RegEx as arg to predicate over field 'a'."],
  [{ a: { $ne: /x/ } }, 2, "Can't have regex as arg to $ne."],
  [{ a: { $not: 1 } }, 2, '$not needs a regex or a document'],
  [{ a: { $not: {} } }, 2, '$not cannot be empty'],
  [{ a: { $size: 'x' } }, 2, 'Failed to parse $size. Expected a number in: $size: "x"'],
  [{ a: { $size: 1.5 } }, 2, 'Failed to parse $size. Expected an integer: $size: 1.5'],
  [{ a: { $size: -1 } }, 2, 'Failed to parse $size. Expected a non-negative number in: $size: -1'],
  [{ a: { $type: 'foo' } }, 2, 'Unknown type name alias: foo'],
  [
    { a: { $type: 'missing' } },
    2,
    "'missing' is not a legal type name. To query for non-existence of a field, use {$exists:false}.",
  ],
  [{ a: { $type: 0 } }, 2, 'Invalid numerical type code: 0. Instead use {$exists:false}.'],
  [{ a: { $type: 42 } }, 2, 'Invalid numerical type code: 42'],
  [{ a: { $type: [] } }, 9, 'a must match at least one type'],
  [{ a: { $type: null } }, 14, 'type must be represented as a number or a string'],
  [{ a: { $mod: 1 } }, 2, 'malformed mod, needs to be an array'],
  [{ a: { $mod: [1] } }, 2, 'malformed mod, not enough elements'],
  [{ a: { $mod: [1, 2, 3] } }, 2, 'malformed mod, too many elements'],
  [{ a: { $mod: ['x', 2] } }, 2, 'malformed mod, divisor not a number'],
  [{ a: { $mod: [2, 'x'] } }, 2, 'malformed mod, remainder not a number'],
  [{ a: { $mod: [0.5, 0] } }, 2, 'divisor cannot be 0'],
  [
    { a: { $mod: [NaN, 0] } },
    2,
    'malformed mod, divisor value is invalid :: caused by :: Unable to coerce NaN/Inf to integral type',
  ],
  [{ a: { $regex: 1 } }, 2, '$regex has to be a string'],
  [{ a: { $regex: 'x', $options: 1 } }, 2, '$options has to be a string'],
  [{ a: { $options: 'i' } }, 2, '$options needs a $regex'],
  [{ a: { $regex: /x/i, $options: 'm' } }, 51075, 'options set in both $regex and $options'],
  [{ a: { $options: 'm', $regex: /x/i } }, 51074, 'options set in both $regex and $options'],
  [{ a: { $regex: 'x', $options: 'g' } }, 51108, 'invalid flag in regex options: g'],
  [{ a: { $all: 1 } }, 2, '$all needs an array'],
  [{ a: { $all: [{ $gt: 1 }] } }, 2, 'no $ expressions in $all'],
  [{ a: { $all: [{ $elemMatch: {} }, 1] } }, 2, '$all/$elemMatch has to be consistent'],
  [{ a: { $elemMatch: 1 } }, 2, '$elemMatch needs an Object'],
  [{ a: { $elemMatch: { $where: 'x' } } }, 2, '$elemMatch cannot contain $where expression'],
  [{ a: { $elemMatch: { $expr: 1 } } }, 2, '$expr can only be applied to the top-level document'],
  [
    { a: { $elemMatch: { $text: { $search: 'x' } } } },
    2,
    '$text can only be applied to the top-level document',
  ],
  [
    { a: { $bitsAllSet: 'x' } },
    2,
    'a takes an Array, a number, or a BinData but received: $bitsAllSet: "x"',
  ],
  [{ a: { $bitsAllSet: -1 } }, 9, 'Expected a non-negative number in: $bitsAllSet: -1'],
  [{ a: { $bitsAllSet: ['x'] } }, 2, 'bit positions must be an integer but got: 0: "x"'],
  [{ a: { $bitsAllSet: [-1] } }, 2, 'bit positions must be >= 0 but got: 0: -1'],
  [{ $sampleRate: 'x' }, 2, 'argument to $sampleRate must be a numeric type'],
  [{ $sampleRate: 2 }, 2, 'numeric argument to $sampleRate must be in [0, 1]'],
  [{ $alwaysTrue: 2 }, 9, '$alwaysTrue must be an integer value of 1'],
  [{ $where: 'true' }, 238, '$where is not supported'],
  [{ a: { $near: [0, 0] } }, 238, '$near is not supported'],
  [{ a: { $geoWithin: {} } }, 238, '$geoWithin is not supported'],
  [{ $text: 1 }, 2, '$text expects an object'],
  [
    { $or: [{ $text: { $search: 'a' } }, { $text: { $search: 'b' } }] },
    2,
    'Too many text expressions',
  ],
];

describe('compileMatch, given an invalid filter', () => {
  test.each(cases.map(([filter, code, message]) => [code, message, filter] as const))(
    'when MongoDB would answer %i %s, throws the same',
    (code, message, filter) => {
      expect(() => compileMatch(documentFromPlain(filter))).toThrow(
        expect.objectContaining({ code, message }),
      );
    },
  );

  test('when $expr is not allowed in the context, throws 224', () => {
    const filter = documentFromPlain({ $expr: 1 });
    expect(() => compileMatch(filter, { allowSpecialOperators: false })).toThrow(
      expect.objectContaining({ code: 224, codeName: 'QueryFeatureNotAllowed' }),
    );
  });
});
