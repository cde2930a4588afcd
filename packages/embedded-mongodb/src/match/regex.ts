import { MongoServerError } from '../errors';
import { hazardOf, type RegexHazard } from './regex-limit';
import { translatePattern } from './regex-translate';

/** A regular expression of a query, ready to run. */
export interface CompiledRegex {
  readonly pattern: string;
  readonly options: string;
  readonly expression: RegExp;
  /** To run the expression by `withinLimit`. */
  readonly hazard: RegexHazard;
  /** What every matching string must start with; undefined when nothing is known. */
  readonly prefix?: string;
}

const VALID_OPTIONS = 'imsxu';

/**
 * Compiles a PCRE pattern as MongoDB reads it (manual: "$regex") into a JavaScript RegExp that
 * accepts the same strings.
 * @throws MongoServerError 51108 for an unknown option, 51091 for an invalid pattern or one that
 * JavaScript cannot express, 2 for a null byte
 */
export function compileRegex(pattern: string, options: string): CompiledRegex {
  if (pattern.includes('\0')) {
    throw new MongoServerError(
      'BadValue',
      'Regular expression cannot contain an embedded null byte',
    );
  }
  for (const option of options) {
    if (!VALID_OPTIONS.includes(option)) {
      throw new MongoServerError(51108, `invalid flag in regex options: ${option}`);
    }
  }
  const inline = /^\(\?([imsx]+)\)/.exec(pattern);
  const source = inline === null ? pattern : pattern.slice(inline[0].length);
  const flags = options + (inline?.[1] ?? '');
  const translated = translatePattern(source, {
    multiline: flags.includes('m'),
    dotAll: flags.includes('s'),
    extended: flags.includes('x'),
  });
  return {
    pattern,
    options,
    expression: toRegExp(translated, flags.includes('i') ? 'iu' : 'u'),
    hazard: hazardOf(translated),
    prefix: literalPrefix(source, flags),
  };
}

function toRegExp(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new MongoServerError(51091, `Regular expression is invalid: ${reason}`);
  }
}

const METACHARACTERS = new Set('\\^$.|?*+()[]{}');

function literalPrefix(source: string, flags: string): string | undefined {
  if (!source.startsWith('^') || source.includes('|') || /[imx]/.test(flags)) return undefined;
  let end = 1;
  while (end < source.length && !METACHARACTERS.has(source[end] as string)) end++;
  // A quantifier belongs to the character before it, which may then be absent; `+` keeps one.
  const next = source[end];
  if (next !== undefined && '?*{'.includes(next)) end -= lastCharacterLength(source, end);
  return end > 1 ? source.slice(1, end) : undefined;
}

function lastCharacterLength(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xdc00 && unit <= 0xdfff ? 2 : 1;
}
