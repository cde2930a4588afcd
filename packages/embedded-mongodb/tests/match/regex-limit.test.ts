import { compileMatch } from '../../src/match/compile';
import { hazardOf } from '../../src/match/regex-limit';
import { documentFromPlain as doc } from '../../src/values/codec';
import { evaluate } from '../helpers/evaluate';

describe('a pattern that backtracks without end', () => {
  const patterns: [pattern: string, subject: string][] = [
    ['^(a+)+$', `${'a'.repeat(60)}!`],
    ['(a|aa)+$', `${'a'.repeat(80)}!`],
    ['^(\\w+\\s?)*$', `${'word '.repeat(40)}!`],
    ['a.*b.*c.*d', 'abc'.repeat(20_000)],
    ['(x+x+)+y', 'x'.repeat(100)],
  ];

  test.each(patterns)('query by %s is refused with 51156', (pattern, subject) => {
    const match = compileMatch(doc({ text: { $regex: pattern } }));
    expect(() => match.matches(doc({ text: subject }))).toThrow(
      expect.objectContaining({ code: 51156 }),
    );
  });

  test('$regexMatch, $regexFind and $regexFindAll, are refused with 51156', () => {
    for (const operator of ['$regexMatch', '$regexFind', '$regexFindAll']) {
      const expression = { [operator]: { input: `${'a'.repeat(60)}!`, regex: '^(a+)+$' } };
      expect(() => evaluate(expression)).toThrow(expect.objectContaining({ code: 51156 }));
    }
  });
});

test('a pattern that may backtrack, when it finds its end, is answered', () => {
  const match = compileMatch(doc({ mail: { $regex: '^[\\w.]+@([\\w-]+\\.)+\\w+$' } }));
  expect(match.matches(doc({ mail: `${'long.'.repeat(20)}name@mail.example.org` }))).toBe(true);
  expect(match.matches(doc({ mail: `${'long.'.repeat(20)}name.mail.example.org` }))).toBe(false);
});

describe('hazardOf', () => {
  const cases: [source: string, loops: number, nested: boolean][] = [
    ['abc', 0, false],
    ['a.*b+', 2, false],
    ['a{2,5}b{3}', 0, false],
    ['a{2,}b{1000}', 2, false],
    ['(abc)+', 1, false],
    ['(a|b)*', 1, true],
    ['((a+)b)+', 2, true],
    ['(a?){3}', 0, true],
    ['[(+*|]\\(\\+', 0, false],
    ['[)\\]+]+', 1, false],
    ['a*?', 1, false],
  ];

  test.each(cases)('of %s, counts loops and sees nesting', (source, loops, nested) => {
    expect(hazardOf(source)).toEqual({ loops, nested });
  });
});
