/** What is no text for others to read, with the code that its refusal has; `maxLength` in code points. */
export const refusedTexts = (maxLength: number): [what: string, value: unknown, code: string][] => [
  ['missing', undefined, 'REQUIRED'],
  ['null', null, 'INVALID_TYPE'],
  ['empty', '', 'TOO_SMALL'],
  ['blanks', ' \t\r\n ', 'TOO_SMALL'],
  ['blanks of other scripts', '\u00a0\u2003\u3000', 'TOO_SMALL'],
  ['characters that are drawn as nothing', '\u200b\u200d\u2060\u3164\u2800\u202e', 'INVALID'],
  ['one too long', 'x'.repeat(maxLength + 1), 'TOO_BIG'],
  ['one emoji too long', '🎬'.repeat(maxLength + 1), 'TOO_BIG'],
  ['a NUL', 'a\0b', 'INVALID'],
  ['an escape of terminals', '\u001b[31mred', 'INVALID'],
  ['a C1 control', 'a\u0085b\u009bc', 'INVALID'],
  ['a number', 5, 'INVALID_TYPE'],
  ['a boolean', true, 'INVALID_TYPE'],
  ['a list', ['a'], 'INVALID_TYPE'],
  ['an operator', { $gt: '' }, 'INVALID_TYPE'],
];
