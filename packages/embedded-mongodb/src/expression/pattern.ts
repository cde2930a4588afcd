import type { MongoServerError } from '../errors';

/** Takes blanks and comments out of an extended (`x`) pattern, as PCRE does outside of classes. */
function withoutExtendedBlanks(source: string): string {
  let result = '';
  let inClass = false;
  for (let index = 0; index < source.length; index += 1) {
    const character = source[index]!;
    if (character === '\\') {
      result += character + (source[index + 1] ?? '');
      index += 1;
    } else if (inClass || !/[\s#]/.test(character)) {
      if (character === '[') inClass = true;
      if (character === ']') inClass = false;
      result += character;
    } else if (character === '#') {
      const end = source.indexOf('\n', index);
      index = end === -1 ? source.length : end;
    }
  }
  return result;
}

/** What PCRE has and JavaScript reads as something else; refused rather than misread. */
const DIFFERENT = /\\[AzZGKRXhHQEN]|\\p\{(?!L|N|P|S|Z|M|C)|\(\?[>#|&R0-9]|\(\?P[=>]|[*+?}]\+|\[\[:/;

/**
 * A global RegExp for a PCRE pattern and MongoDB's flags i, m, s, x and u.
 * @param fault makes the error for a pattern that this engine cannot run
 */
export function compilePattern(
  source: string,
  flags: string,
  fault: (reason: string) => MongoServerError,
): RegExp {
  let pattern = flags.includes('x') ? withoutExtendedBlanks(source) : source;
  let active = `g${flags.includes('i') ? 'i' : ''}${flags.includes('m') ? 'm' : ''}${flags.includes('s') ? 's' : ''}`;
  const inline = /^\(\?([ims]+)\)/.exec(pattern);
  if (inline) {
    pattern = pattern.slice(inline[0].length);
    active = [...new Set(active + inline[1])].join('');
  }
  pattern = pattern
    .replaceAll('(?P<', '(?<')
    .replace(/^\\A/, '(?<![^])')
    .replace(/\\z$/, '(?![^])');
  if (DIFFERENT.test(pattern)) throw fault('this construct is not supported');
  return build(pattern, active, fault);
}

function build(
  pattern: string,
  flags: string,
  fault: (reason: string) => MongoServerError,
): RegExp {
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  // PCRE accepts needless escapes such as `\-`, which JavaScript accepts only without the u flag.
  try {
    return new RegExp(pattern, flags);
  } catch (error) {
    if (error instanceof SyntaxError) throw fault(error.message);
    throw error;
  }
}
