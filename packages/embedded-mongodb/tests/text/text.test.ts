import { textTerms } from '../../src/text/index-terms';
import { parseSearchString } from '../../src/text/search-string';
import { bindTextQuery, parseTextQuery } from '../../src/text/query';
import { parseTextIndexSpec } from '../../src/text/specification';
import { fromPlain } from '../../src/values/plain';
import type { BsonDocument } from '../../src/values/types';

const document = (plain: object): BsonDocument => fromPlain(plain) as BsonDocument;
const specification = (plain: object) => parseTextIndexSpec(document(plain));
const TITLE = specification({ weights: { title: 1 } });

function scoreOf(search: object, plain: object, spec = TITLE): number | undefined {
  return bindTextQuery(parseTextQuery(document(search)), spec).score(document(plain));
}

describe('textTerms', () => {
  test('of a title, when words repeat and vary, stems them, drops stop words and damps repetition', () => {
    const terms = textTerms(document({ title: 'The runner is running and runs' }), TITLE);

    expect([...terms.keys()].sort()).toEqual(['run', 'runner']);
    // Three terms: "run" twice (1 + 1/2) with 2/3 of the field, "runner" once with 1/3.
    expect(terms.get('run')).toBeCloseTo(1.5 * (0.5 + 0.5 * (2 / 3)), 12);
    expect(terms.get('runner')).toBeCloseTo(0.5 + 0.5 / 3, 12);
  });

  test('of a word, when tens of thousands of others came since, is the same term again', () => {
    const termOf = (word: string) => [...textTerms(document({ title: word }), TITLE).keys()];
    const words = ['Running', 'THE', 'Crème', 'internationalisation'];
    const first = words.map(termOf);
    for (let start = 0; start < 40_000; start += 1000) {
      const title = Array.from({ length: 1000 }, (_, index) => `w${start + index}`).join(' ');
      expect(textTerms(document({ title }), TITLE).size).toBe(1000);
    }

    expect(first).toEqual([['run'], [], ['creme'], ['internationalis']]);
    expect(words.map(termOf)).toEqual(first);
    expect(words.map(termOf)).toEqual(first);
  });

  test('of a field that is the term itself, adds a tenth', () => {
    expect(textTerms(document({ title: 'Coffee' }), TITLE).get('coffe')).toBeCloseTo(1, 12);
    expect(textTerms(document({ title: 'Tea' }), TITLE).get('tea')).toBeCloseTo(1.1, 12);
  });

  test('of weighted fields, when an array and a subdocument are covered, sums by weight', () => {
    const spec = specification({ weights: { title: 10, tags: 5, 'meta.note': 1 } });
    const terms = textTerms(
      document({ title: 'x tea', tags: ['tea', 'x'], meta: [{ note: 'tea x' }], other: 'tea' }),
      spec,
    );

    expect(terms.get('tea')).toBeCloseTo(10 * 0.75 + 5 * 1.1 + 1 * 0.75, 12);
  });

  test('of a wildcard index, when strings are nested anywhere, covers them all', () => {
    const spec = specification({ weights: { '$**': 1 } });
    const terms = textTerms(document({ a: { b: ['deep word'] }, n: 5 }), spec);

    expect([...terms.keys()].sort()).toEqual(['deep', 'word']);
  });

  test('when a document overrides the language with none, keeps stop words and does not stem', () => {
    const terms = textTerms(document({ language: 'none', title: 'The Runs' }), TITLE);

    expect([...terms.keys()].sort()).toEqual(['runs', 'the']);
  });

  test('when the language is one this engine does not stem, refuses with 17262', () => {
    expect(() => textTerms(document({ language: 'klingon', title: 'x' }), TITLE)).toThrow(
      expect.objectContaining({ code: 17262 }),
    );
    expect(() => specification({ weights: { title: 1 }, default_language: 'french' })).toThrow(
      expect.objectContaining({ code: 17262 }),
    );
  });
});

describe('parseSearchString', () => {
  test('when phrases, exclusions and hyphens mix, sorts each into its room', () => {
    expect(
      parseSearchString('coffee "dark roast" -decaf -"instant mix" pre-war', 'english'),
    ).toEqual({
      terms: ['coffee', 'dark', 'roast', 'pre', 'war'],
      excludedTerms: ['decaf'],
      phrases: ['dark roast'],
      excludedPhrases: ['instant mix'],
    });
  });

  test('when a quote has no partner, ignores it', () => {
    expect(parseSearchString('tea "green', 'english').terms).toEqual(['tea', 'green']);
  });
});

describe('a text query', () => {
  test.each([
    ['any of the terms', 'coffee cake', 'A cake', true],
    ['another form of the word', 'running', 'He runs', true],
    ['accents and case', 'CAFE', 'le café', true],
    ['no term', 'tea', 'coffee', false],
    ['an excluded term', 'coffee -shop', 'coffee shop', false],
    ['an excluded term that is absent', 'coffee -shop', 'coffee cup', true],
    ['a phrase', '"coffee shop"', 'The Coffee Shop', true],
    ['a phrase whose words stand apart', '"coffee shop"', 'shop for coffee', false],
    ['an excluded phrase', 'coffee -"coffee shop"', 'coffee shop', false],
    ['only an exclusion', '-tea', 'coffee', false],
    ['only stop words', 'the and', 'the and', false],
    ['an empty search', '', 'coffee', false],
  ])('when it asks for %s, matches accordingly', (_case, search, title, expected) => {
    expect(scoreOf({ $search: search }, { title }) !== undefined).toBe(expected);
  });

  test('when case or accents must agree, tells them apart', () => {
    expect(
      scoreOf({ $search: 'coffee', $caseSensitive: true }, { title: 'Coffee' }),
    ).toBeUndefined();
    expect(
      scoreOf({ $search: 'Coffee', $caseSensitive: true }, { title: 'Coffee x' }),
    ).toBeDefined();
    expect(
      scoreOf({ $search: 'cafe', $diacriticSensitive: true }, { title: 'café' }),
    ).toBeUndefined();
  });

  test('when two terms match, the score is their sum', () => {
    expect(scoreOf({ $search: 'dark tea' }, { title: 'dark tea' })).toBeCloseTo(0.75 * 2, 12);
  });

  test.each([
    [{ $search: 5 }, 14],
    [{}, 14],
    [{ $search: 'x', $language: 3 }, 14],
    [{ $search: 'x', $language: 'elvish' }, 17262],
    [{ $search: 'x', $caseSensitive: 'yes' }, 14],
    [{ $search: 'x', $boost: 1 }, 2],
  ])('when it is %j, is refused with %i', (plain, code) => {
    expect(() => parseTextQuery(document(plain))).toThrow(expect.objectContaining({ code }));
  });
});
