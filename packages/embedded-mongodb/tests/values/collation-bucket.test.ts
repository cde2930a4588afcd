import { Int32 } from 'bson';
import { parseCollation, type Collation } from '../../src/values/collation';
import { CollationBuckets } from '../../src/values/collation-bucket';
import type { Value } from '../../src/values/types';

/** Letters that collations treat specially: accents, widths, ligatures, digraphs, digits, punctuation. */
const PARTS = [
  ...['', 'a', 'A', 'á', 'a\u0301', '\uFF41', 'b', 'ß', 'ss', 'æ', 'ae', 'ä', '\uFB01', 'fi', 'i'],
  ...['İ', 'ı', 'ch', 'ǆ', 'dž', '1', '01', '²', '2', '-', ' ', 'ー', 'か', 'カ', '\uFF76', 'が'],
  ...['ё', 'е', 'Е', '中', '𝒂', '\u0000'],
];
const TEXTS = PARTS.flatMap((first) => PARTS.map((second) => first + second));

function collation(specification: object): Collation {
  const parsed = parseCollation(new Map<string, Value>(Object.entries(specification)));
  if (!parsed) throw new Error('the simple collation has no buckets');
  return parsed;
}

test.each([
  { locale: 'en', strength: new Int32(1) },
  { locale: 'en', strength: new Int32(2) },
  { locale: 'en' },
  { locale: 'en', numericOrdering: true },
  { locale: 'en', strength: new Int32(2), alternate: 'shifted' },
  { locale: 'en', strength: new Int32(1), caseLevel: true },
  { locale: 'de@collation=phonebook', strength: new Int32(1) },
  { locale: 'cs', strength: new Int32(1) },
  { locale: 'tr', strength: new Int32(2) },
  { locale: 'ja', strength: new Int32(1) },
  { locale: 'zh', strength: new Int32(1) },
])('the bucket, when texts are equal under $locale, is the same', (specification) => {
  const rules = collation(specification);
  const buckets = new CollationBuckets(rules);
  const sorted = [...TEXTS].sort((left, right) => rules.compare(left, right));
  const apart = sorted.filter((text, index) => {
    const before = sorted[index - 1];
    if (before === undefined || rules.compare(before, text) !== 0) return false;
    return buckets.of(before) !== buckets.of(text);
  });
  expect(apart).toEqual([]);
});

test('the bucket, when texts differ in their first characters, differs', () => {
  const buckets = new CollationBuckets(collation({ locale: 'en', strength: new Int32(2) }));
  const texts = Array.from({ length: 1000 }, (_, index) => `user.${index}@example.org`);
  expect(new Set(texts.map((text) => buckets.of(text))).size).toBe(1000);
});

test('the bucket, when a value holds no text, is the value', () => {
  const buckets = new CollationBuckets(collation({ locale: 'en' }));
  const number = new Int32(7);
  expect(buckets.of(number)).toBe(number);
  expect(buckets.of(undefined)).toBeUndefined();
});
