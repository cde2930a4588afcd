import { Long } from 'bson';
import { compileUpdate } from '../../src/update/compile';
import { documentFromPlain } from '../../src/values/plain';

interface Options {
  document?: object;
  arrayFilters?: object[];
  arrayIndex?: number;
}

type Case = [update: object, code: number, message: string, options?: Options];

const parse: Case[] = [
  [
    { $foo: { a: 1 } },
    9,
    'Unknown modifier: $foo. Expected a valid update modifier or pipeline-style update specified as an array',
  ],
  [
    { $set: { a: 1 }, b: 1 },
    9,
    'Unknown modifier: b. Expected a valid update modifier or pipeline-style update specified as an array',
  ],
  [
    { $set: 'a' },
    9,
    'Modifiers operate on fields but we found type string instead. For example: {$mod: {<field>: ...}} not {$set: "a"}',
  ],
  [{ $set: { a: 1 }, $inc: { a: 1 } }, 40, "Updating the path 'a' would create a conflict at 'a'"],
  [{ $set: { a: 1, 'a.b': 1 } }, 40, "Updating the path 'a.b' would create a conflict at 'a'"],
  [
    { $set: { 'a.b': 1 }, $unset: { a: 1 } },
    40,
    "Updating the path 'a' would create a conflict at 'a'",
  ],
  [
    { $set: { 'a.$[].b': 1, 'a.0': 1 } },
    40,
    "Updating the path 'a.0' would create a conflict at 'a'",
  ],
  [{ $set: { '': 1 } }, 56, 'An empty update path is not valid.'],
  [
    { $set: { 'a..b': 1 } },
    56,
    "The update path 'a..b' contains an empty field name, which is not allowed.",
  ],
  [
    { $set: { 'a.$.b.$': 1 } },
    2,
    "Too many positional (i.e. '$') elements found in path 'a.$.b.$'",
  ],
  [
    { $set: { '$.a': 1 } },
    2,
    "Cannot have positional (i.e. '$') element in the first position in path '$.a'",
  ],
  [{ $set: { 'a.$[x]': 1 } }, 2, "No array filter found for identifier 'x' in path 'a.$[x]'"],
  [{ $inc: { a: 'x' } }, 14, 'Cannot increment with non-numeric argument: {a: "x"}'],
  [{ $mul: { a: null } }, 14, 'Cannot multiply with non-numeric argument: {a: null}'],
  [
    { $push: { a: { $each: 1 } } },
    2,
    'The argument to $each in $push must be an array but it was of type: int',
  ],
  [{ $push: { a: { $each: [], $foo: 1 } } }, 2, 'Unrecognized clause in $push: $foo'],
  [
    { $push: { a: { $each: [], $slice: 'x' } } },
    2,
    'The value for $slice must be an integer value but was given type: string',
  ],
  [
    { $push: { a: { $each: [], $position: 1.5 } } },
    2,
    'The value for $position must be an integer value, not of type: double',
  ],
  [{ $push: { a: { $each: [], $sort: 2 } } }, 2, 'The $sort element value must be either 1 or -1'],
  [
    { $push: { a: { $each: [], $sort: {} } } },
    2,
    'The $sort pattern is empty when it should be a set of fields.',
  ],
  [
    { $push: { a: { $each: [], $sort: 'x' } } },
    2,
    'The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields',
  ],
  [
    { $addToSet: { a: { $each: 1 } } },
    14,
    'The argument to $each in $addToSet must be an array but it was of type int',
  ],
  [
    { $addToSet: { a: { $each: [1], b: 2 } } },
    2,
    'Found unexpected fields after $each in $addToSet: { $each: [ 1 ], b: 2 }',
  ],
  [{ $pop: { a: 2 } }, 9, '$pop expects 1 or -1, found: 2'],
  [{ $pop: { a: 'x' } }, 9, 'Expected a number in: a: "x"'],
  [{ $pullAll: { a: 1 } }, 2, '$pullAll requires an array argument but was given a int'],
  [{ $pull: { a: { $expr: 1 } } }, 224, '$expr is not allowed in this context'],
  [
    { $bit: { a: 1 } },
    2,
    'The $bit modifier is not compatible with a int. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}',
  ],
  [
    { $bit: { a: {} } },
    2,
    'You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}',
  ],
  [
    { $bit: { a: { foo: 1 } } },
    2,
    "The $bit modifier only supports 'and', 'or', and 'xor', not 'foo' which is an unknown operator: {foo: 1}",
  ],
  [
    { $bit: { a: { and: 1.5 } } },
    2,
    "The $bit modifier field must be an Integer(32/64 bit); a 'double' is not supported here: {and: 1.5}",
  ],
  [
    { $currentDate: { a: 1 } },
    2,
    "int is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).",
  ],
  [{ $currentDate: { a: { foo: 1 } } }, 2, 'Unrecognized $currentDate option: foo'],
  [
    { $currentDate: { a: { $type: 'x' } } },
    2,
    "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}",
  ],
  [{ $rename: { a: 1 } }, 2, "The 'to' field for $rename must be a string: a: 1"],
  [{ $rename: { a: 'a' } }, 2, 'The source and target field for $rename must differ: a: "a"'],
  [
    { $rename: { a: 'a.b' } },
    2,
    'The source and target field for $rename must not be on the same path: a: "a.b"',
  ],
  [{ $rename: { 'a.$': 'b' } }, 2, 'The source field for $rename may not be dynamic: a.$'],
  [{ $rename: { a: 'b.$[]' } }, 2, 'The destination field for $rename may not be dynamic: b.$[]'],
  [
    { $rename: { a: 'b' }, $set: { b: 1 } },
    40,
    "Updating the path 'b' would create a conflict at 'b'",
  ],
  [
    { a: 1, $set: { b: 1 } },
    52,
    "The dollar ($) prefixed field '$set' in '$set' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.",
  ],
];

const filters: Case[] = [
  [
    { $set: { a: 1 } },
    9,
    "The array filter for identifier 'x' was not used in the update { $set: { a: 1 } }",
    { arrayFilters: [{ x: 1 }] },
  ],
  [
    { $set: { 'a.$[x]': 1 } },
    9,
    'Found multiple array filters with the same top-level field name x',
    { arrayFilters: [{ x: 1 }, { x: 2 }] },
  ],
  [
    { $set: { 'a.$[x]': 1 } },
    9,
    "Error parsing array filter :: caused by :: Expected a single top-level field name, found 'x' and 'y'",
    { arrayFilters: [{ x: 1, y: 2 }] },
  ],
  [
    { $set: { 'a.$[x]': 1 } },
    2,
    "Error parsing array filter :: caused by :: The top-level field name must be an alphanumeric string beginning with a lowercase letter, found 'X'",
    { arrayFilters: [{ X: 1 }] },
  ],
  [
    { $set: { 'a.$[x]': 1 } },
    9,
    'Cannot use an expression without a top-level field name in arrayFilters',
    { arrayFilters: [{}] },
  ],
  [
    { $set: { 'a.$[x]': 1 } },
    224,
    'Error parsing array filter :: caused by :: $expr is not allowed in this context',
    { arrayFilters: [{ $expr: 1 }] },
  ],
  [
    { a: 1 },
    9,
    'arrayFilters may not be specified for replacement-style updates',
    { arrayFilters: [{ x: 1 }] },
  ],
];

const execution: Case[] = [
  [
    { $inc: { a: 1 } },
    14,
    "Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'a' of non-numeric type string",
    { document: { _id: 1, a: 'x' } },
  ],
  [
    { $inc: { a: 1 } },
    2,
    'Failed to apply $inc operations to current value ((NumberLong)9223372036854775807) for document {_id: 1}',
    { document: { _id: 1, a: Long.MAX_VALUE } },
  ],
  [{ $set: { 'a.b': 1 } }, 28, "Cannot create field 'b' in element {a: 1}", { document: { a: 1 } }],
  [
    { $set: { 'a.b': 1 } },
    28,
    "Cannot create field 'b' in element {a: [ 1 ]}",
    { document: { a: [1] } },
  ],
  [
    { $set: { 'a.b.c': 1 } },
    28,
    "Cannot create field 'b' in element {a: null}",
    { document: { a: null } },
  ],
  [
    { $pop: { 'a.b': 1 } },
    28,
    'Cannot use the part (b) of (a.b) to traverse the element ({a: 1})',
    { document: { a: 1 } },
  ],
  [
    { $set: { 'a.2000000': 1 } },
    34,
    "can't backfill more than 1500000 elements",
    { document: { a: [] } },
  ],
  [
    { $push: { a: 1 } },
    2,
    "The field 'a' must be an array but is of type int in document {_id: 7}",
    { document: { _id: 7, a: 1 } },
  ],
  [
    { $addToSet: { 'a.b': 1 } },
    2,
    "Cannot apply $addToSet to non-array field. Field named 'b' has non-array type null",
    { document: { a: { b: null } } },
  ],
  [
    { $pop: { a: 1 } },
    14,
    "Path 'a' contains an element of non-array type 'int'",
    { document: { a: 1 } },
  ],
  [{ $pull: { a: 1 } }, 2, 'Cannot apply $pull to a non-array value', { document: { a: 1 } }],
  [
    { $bit: { a: { and: 1 } } },
    2,
    'Cannot apply $bit to a value of non-integral type._id: 1 has the field a of non-integer type double',
    { document: { _id: 1, a: 1.5 } },
  ],
  [
    { $set: { 'a.$': 1 } },
    2,
    'The positional operator did not find the match needed from the query.',
    { document: { a: [1] } },
  ],
  [
    { $set: { 'a.$[]': 1 } },
    2,
    "The path 'a' must exist in the document in order to apply array updates.",
    { document: {} },
  ],
  [
    { $set: { 'a.$[]': 1 } },
    2,
    'Cannot apply array updates to non-array element a: 1',
    { document: { a: 1 } },
  ],
  [
    { $set: { 'a.$[x].b': 1, 'a.$[y].b': 2 } },
    40,
    "Update created a conflict at 'a.0.b'",
    { document: { a: [{ c: 1 }] }, arrayFilters: [{ 'x.c': 1 }, { 'y.c': 1 }] },
  ],
  [
    { $set: { 'a.$': 1, 'a.0': 2 } },
    40,
    "Update created a conflict at 'a.0'",
    { document: { a: [1] }, arrayIndex: 0 },
  ],
  [
    { $set: { _id: 2 } },
    66,
    "Performing an update on the path '_id' would modify the immutable field '_id'",
    { document: { _id: 1 } },
  ],
  [
    { $set: { _id: { a: 1 } } },
    66,
    "Updating the path '_id' to _id: { a: 1 } would modify the immutable field '_id'",
    { document: { _id: 1 } },
  ],
  [
    { $unset: { _id: 1 } },
    66,
    "Performing an update on the path '_id' would modify the immutable field '_id'",
    { document: { _id: 1 } },
  ],
  [
    { $set: { '_id.b': 1 } },
    66,
    "Updating the path '_id' to _id: { a: 1, b: 1 } would modify the immutable field '_id'",
    { document: { _id: { a: 1 } } },
  ],
  [
    { $rename: { _id: 'b' } },
    66,
    "Unsetting the path '_id' using $rename would modify the immutable field '_id'",
    { document: { _id: 1 } },
  ],
  [
    { _id: 2 },
    66,
    "After applying the update, the (immutable) field '_id' was found to have been altered to _id: 2",
    { document: { _id: 1 } },
  ],
  [
    { $rename: { 'a.0': 'b' } },
    2,
    "The source field cannot be an array element, 'a.0' in doc with _id: 1 has an array field called 'a'",
    { document: { _id: 1, a: [1] } },
  ],
  [
    { $rename: { b: 'a.0' } },
    2,
    "The destination field cannot be an array element, 'a.0' in doc with _id: 1 has an array field called 'a'",
    { document: { _id: 1, a: [1], b: 1 } },
  ],
  [
    { $rename: { 'a.b': 'c' } },
    28,
    'cannot use the part (a of a.b) to traverse the element ({a: 1})',
    { document: { a: 1 } },
  ],
  [
    { $set: { $a: 1 } },
    52,
    "The dollar ($) prefixed field '$a' in '$a' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.",
    { document: {} },
  ],
];

describe.each([
  ['compileUpdate, given an invalid update', parse],
  ['compileUpdate, given invalid array filters', filters],
  ['apply, given a document that the update does not fit', execution],
])('%s', (_what, cases) => {
  const rows = cases.map(
    ([update, code, message, options]) => [code, message, update, options] as const,
  );
  test.each(rows)(
    'when MongoDB would answer %i %s, throws the same',
    (code, message, update, options = {}) => {
      const run = (): unknown =>
        compileUpdate(documentFromPlain(update), {
          arrayFilters: options.arrayFilters?.map(documentFromPlain),
          now: () => new Date(0),
        }).apply(documentFromPlain(options.document ?? {}), {
          arrayIndex: options.arrayIndex,
          isInsert: false,
        });
      expect(run).toThrow(expect.objectContaining({ code, message }));
    },
  );
});
