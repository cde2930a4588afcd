import fc, { type Arbitrary, type MaybeWeightedArbitrary, type OneOfValue } from 'fast-check';
import type { JsonSchema } from '../../../src/docs/openapi/types';

/** One of these, however deep inside others: the library would favour the first there. */
export function anyOf<Alternatives extends MaybeWeightedArbitrary<unknown>[]>(
  ...alternatives: Alternatives
): Arbitrary<OneOfValue<Alternatives>> {
  return fc.oneof({ depthSize: 'max' }, ...alternatives);
}

/** Texts that have broken programs elsewhere. */
const KNOWN_TEXTS = [
  '',
  ' ',
  '\t\r\n',
  '0',
  '-1',
  '1e999',
  '9'.repeat(400),
  'NaN',
  'null',
  'undefined',
  'true',
  '[object Object]',
  '$where',
  '{"$gt":""}',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '../../../etc/passwd',
  '..\\..\\windows',
  '%00',
  '%2e%2e%2f',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  '(a+)+$',
  '.*',
  '\0',
  'a\0b',
  '\ud800',
  '\udfff\ud800',
  '\u202e\u05e9\u05dc',
  '\ufeff',
  'İıſK',
  '🎬'.repeat(50),
  'canary',
  'admin',
  'x'.repeat(3000),
  '0'.repeat(24),
  'f'.repeat(24),
  '2026-11-31T25:61:00Z',
];

/** Any text, with a liking for those that hurt. */
export const hostileText: Arbitrary<string> = anyOf(
  { arbitrary: fc.constantFrom(...KNOWN_TEXTS), weight: 3 },
  { arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }), weight: 1 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 40 }), weight: 1 },
);

/** Any value that JSON can say. */
const hostileJson: Arbitrary<unknown> = anyOf(
  hostileText,
  fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 1.5, 1e308, 2 ** 53, [], {}, [[]]),
  fc.constantFrom<unknown>({ $gt: '' }, { $ne: null }, { $where: '1' }, [{ $regex: '.*' }]),
  fc.jsonValue({ maxDepth: 3 }),
);

/** A value that the form asks for, or nearly so: what gets past the validator now and then. */
function likelyValue(form: JsonSchema): Arbitrary<unknown> {
  const alternatives = (form.anyOf ?? form.oneOf) as JsonSchema[] | undefined;
  if (alternatives) return anyOf(...alternatives.map(likelyValue));
  if (form.enum) return fc.constantFrom(...(form.enum as unknown[]));
  switch (form.type) {
    case 'integer':
    case 'number':
      return anyOf(fc.integer({ min: -1, max: 120 }), fc.double(), fc.maxSafeInteger());
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(likelyValue((form.items ?? {}) as JsonSchema), { maxLength: 25 });
    case 'string':
      return anyOf(fc.lorem({ maxCount: 4 }), hostileText);
    default:
      return hostileJson;
  }
}

/** What is sent as a field: of the form that the route documents, or of any other. */
export function fieldValue(form: JsonSchema): Arbitrary<unknown> {
  return anyOf({ arbitrary: likelyValue(form), weight: 2 }, { arbitrary: hostileJson, weight: 1 });
}
