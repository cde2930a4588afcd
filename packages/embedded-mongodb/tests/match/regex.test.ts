import { compileRegex } from '../../src/match/regex';

describe('compileRegex, where PCRE and JavaScript differ', () => {
  const cases: [pattern: string, options: string, subject: string, expected: boolean][] = [
    ['a$', '', 'a\n', true],
    ['a$', '', 'a\nb', false],
    ['a$', 'm', 'a\nb', true],
    ['^b', 'm', 'a\nb', true],
    ['^b', '', 'a\nb', false],
    ['^b', 'm', 'a\rb', false],
    ['a.b', '', 'a\rb', true],
    ['a.b', '', 'a\nb', false],
    ['a.b', 's', 'a\nb', true],
    ['a b # comment', 'x', 'ab', true],
    ['a\\ b', 'x', 'a b', true],
    ['[a b]', 'x', ' ', true],
    ['(?i)ABC', '', 'abc', true],
    ['\\Aab\\z', '', 'ab', true],
    ['\\Aab\\Z', '', 'ab\n', true],
    ['\\Qa.b\\E', '', 'a.b', true],
    ['\\Qa.b\\E', '', 'axb', false],
    ['[[:alpha:]]+$', '', 'abc', true],
    ['[^[:digit:]]', '', '5', false],
    ['\\s', '', '\u00a0', false],
    ['\\h', '', '\u00a0', true],
    ['[]a]', '', ']', true],
    ['[\\w-.]', '', '-', true],
    ['a{,2}', '', 'a{,2}', true],
    ['a{2}', '', 'aa', true],
    ['{x}', '', '{x}', true],
    ['\\-\\@\\_', '', '-@_', true],
    ['\\x{1F600}', '', '😀', true],
    ['^.$', '', '😀', true],
    ['\\p{Lu}', '', 'É', true],
    ['\\pL', '', 'é', true],
    ['\\p{Greek}', '', 'α', true],
    ['(?P<x>a)(?P=x)', '', 'aa', true],
    ['(a)\\1', '', 'aa', true],
    ['(a)\\1', '', 'ab', false],
    ['É', 'i', 'é', true],
    ['(?<=a)b', '', 'ab', true],
    ['(?#note)b', '', 'b', true],
    ['\\R', '', '\r\n', true],
    ['\\061', '', '1', true],
  ];
  test.each(cases)('when /%s/%s tests %j, answers %p', (pattern, options, subject, expected) => {
    expect(compileRegex(pattern, options).expression.test(subject)).toBe(expected);
  });
});

describe('compileRegex, given what JavaScript cannot express', () => {
  const patterns = [
    'a++',
    '(?>a)',
    '(?R)',
    '(?(1)a|b)',
    '\\G',
    'a\\K',
    '(*FAIL)',
    '(a)|\\1',
    '(?i:a)',
  ];
  test.each(patterns)('when the pattern is %s, refuses with 51091', (pattern) => {
    expect(() => compileRegex(pattern, '')).toThrow(expect.objectContaining({ code: 51091 }));
  });

  test.each(['(', 'a)', '[', '*a', '\\'])(
    'when %s is no pattern at all, throws 51091',
    (pattern) => {
      expect(() => compileRegex(pattern, '')).toThrow(expect.objectContaining({ code: 51091 }));
    },
  );
});

describe('compileRegex, looking for a literal start', () => {
  const cases: [string, string, string | undefined][] = [
    ['^abc', '', 'abc'],
    ['^abc.*', '', 'abc'],
    ['^abc*', '', 'ab'],
    ['^abc?d', '', 'ab'],
    ['^abc+', '', 'abc'],
    ['^ab😀?', '', 'ab'],
    ['abc', '', undefined],
    ['^abc', 'i', undefined],
    ['^abc', 'm', undefined],
    ['^abc|d', '', undefined],
    ['^.abc', '', undefined],
  ];
  test.each(cases)('when the pattern is /%s/%s, answers %p', (pattern, options, expected) => {
    expect(compileRegex(pattern, options).prefix).toBe(expected);
  });
});
