import { MongoServerError } from '../errors';

/** The PCRE modes that change what a pattern means character by character. */
export interface PatternModes {
  readonly multiline: boolean;
  readonly dotAll: boolean;
  readonly extended: boolean;
}

const START = '(?<![\\s\\S])';
const END = '(?![\\s\\S])';
const END_OR_FINAL_NEWLINE = '(?=\\n?(?![\\s\\S]))';
const LINE_START = `(?:${START}|(?<=\\n)(?=[\\s\\S]))`;
const LINE_END = '(?![^\\n])';

/** Escapes outside a class whose meaning differs between PCRE and JavaScript, or that JavaScript lacks. */
const ESCAPES = new Map<string, string>([
  ['A', START],
  ['z', END],
  ['Z', END_OR_FINAL_NEWLINE],
  ['R', '(?:\\r\\n|[\\n-\\r\\u0085\\u2028\\u2029])'],
  ['N', '[^\\n]'],
]);

/** Escapes for sets of characters, as the inside of a class. */
const SETS = new Map<string, string>([
  ['s', '\\t-\\r '],
  ['S', '\\0-\\x08\\x0e-\\x1f!-\\u{10ffff}'],
  ['h', '\\t \\xa0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000'],
  ['d', '0-9'],
  ['D', '\\0-/:-\\u{10ffff}'],
  ['w', '0-9A-Z_a-z'],
  ['W', '\\0-/:-@\\[-\\^`\\{-\\u{10ffff}'],
]);

const POSIX_CLASSES = new Map<string, string>([
  ['alpha', 'A-Za-z'],
  ['digit', '0-9'],
  ['alnum', '0-9A-Za-z'],
  ['upper', 'A-Z'],
  ['lower', 'a-z'],
  ['space', '\\t-\\r '],
  ['blank', '\\t '],
  ['punct', '!-\\/:-@\\[-`\\{-~'],
  ['xdigit', '0-9A-Fa-f'],
  ['word', '0-9A-Za-z_'],
  ['cntrl', '\\0-\\x1f\\x7f'],
  ['graph', '!-~'],
  ['print', ' -~'],
]);

const SIMPLE_ESCAPES = new Map<string, string>([
  ['a', '\\x07'],
  ['e', '\\x1b'],
  ['f', '\\f'],
  ['n', '\\n'],
  ['r', '\\r'],
  ['t', '\\t'],
]);

const QUANTIFIER = /^\{\d+(?:,\d*)?\}/;

/** Rewrites a PCRE pattern so that it means the same as a JavaScript pattern with the `u` flag. */
export function translatePattern(pattern: string, modes: PatternModes): string {
  return new Translator(pattern, modes).translate();
}

function unsupported(what: string): MongoServerError {
  return new MongoServerError(
    51091,
    `Regular expression is invalid: ${what} is not supported by this server`,
  );
}

function escapeLiteral(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

class Translator {
  readonly #pattern: string;
  readonly #modes: PatternModes;
  #position = 0;
  #output = '';
  #hasBackreference = false;

  constructor(pattern: string, modes: PatternModes) {
    this.#pattern = pattern;
    this.#modes = modes;
  }

  translate(): string {
    while (this.#position < this.#pattern.length) this.#step();
    // JavaScript lets a reference to a group that took no part match nothing; PCRE fails. They
    // agree as long as no group is optional.
    if (this.#hasBackreference && /\||\)(?:[?*]|\{0)/.test(this.#pattern)) {
      throw unsupported('a backreference next to optional groups');
    }
    return this.#output;
  }

  get #rest(): string {
    return this.#pattern.slice(this.#position);
  }

  #emit(text: string, consumed: number): void {
    this.#output += text;
    this.#position += consumed;
  }

  #step(): void {
    const character = String.fromCodePoint(this.#pattern.codePointAt(this.#position) ?? 0);
    switch (character) {
      case '\\':
        return this.#escape();
      case '[':
        return this.#class();
      case '(':
        return this.#group();
      case '.':
        return this.#emit(this.#modes.dotAll ? '[\\s\\S]' : '[^\\n]', 1);
      case '^':
        return this.#emit(this.#modes.multiline ? LINE_START : START, 1);
      case '$':
        return this.#emit(this.#modes.multiline ? LINE_END : END_OR_FINAL_NEWLINE, 1);
      case '*':
      case '+':
      case '?':
        return this.#quantifier(character);
      case '{': {
        const quantifier = QUANTIFIER.exec(this.#rest)?.[0];
        return quantifier === undefined ? this.#emit('\\{', 1) : this.#quantifier(quantifier);
      }
      case '}':
      case ']':
        return this.#emit(`\\${character}`, 1);
      default:
        return this.#literal(character);
    }
  }

  #literal(character: string): void {
    if (this.#modes.extended && /[\t-\r ]/.test(character)) return this.#emit('', 1);
    if (this.#modes.extended && character === '#') {
      const end = this.#pattern.indexOf('\n', this.#position);
      this.#position = end === -1 ? this.#pattern.length : end + 1;
      return;
    }
    this.#emit(character, character.length);
  }

  #quantifier(text: string): void {
    const next = this.#pattern[this.#position + text.length];
    if (next === '+') throw unsupported('a possessive quantifier');
    this.#emit(next === '?' ? `${text}?` : text, text.length + (next === '?' ? 1 : 0));
  }

  #group(): void {
    const rest = this.#rest;
    if (rest.startsWith('(*')) throw unsupported('a backtracking verb');
    if (!rest.startsWith('(?')) return this.#emit('(', 1);
    if (rest.startsWith('(?#')) {
      const end = rest.indexOf(')');
      if (end === -1) throw unsupported('an unterminated comment');
      return this.#emit('', end + 1);
    }
    const named = /^\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest);
    if (named !== null) return this.#emit(`(?<${named[1] ?? named[2]}>`, named[0].length);
    const reference = /^\(\?P=([A-Za-z_]\w*)\)/.exec(rest);
    if (reference !== null) {
      this.#hasBackreference = true;
      return this.#emit(`\\k<${reference[1]}>`, reference[0].length);
    }
    const plain = /^\(\?(?::|=|!|<=|<!)/.exec(rest);
    if (plain === null) throw unsupported(`the group "${rest.slice(0, 4)}"`);
    this.#emit(plain[0], plain[0].length);
  }

  /** An escape outside a class. */
  #escape(): void {
    const letter = this.#pattern[this.#position + 1];
    if (letter === undefined) throw unsupported('\\ at the end of the pattern');
    if (letter === 'Q') return this.#quoted();
    if (letter === 'E') return this.#emit('', 2);
    if (letter === 'b' || letter === 'B') return this.#emit(`\\${letter}`, 2);
    const assertion = ESCAPES.get(letter);
    if (assertion !== undefined) return this.#emit(assertion, 2);
    const set = SETS.get(letter);
    if (set !== undefined) return this.#emit(`[${set}]`, 2);
    const reference = /^\\(?:([1-9])(?!\d)|k[<{']([A-Za-z_]\w*)[>}']|g\{?([1-9])\}?)/.exec(
      this.#rest,
    );
    if (reference !== null) {
      this.#hasBackreference = true;
      const name = reference[2];
      const target = name === undefined ? `\\${reference[1] ?? reference[3]}` : `\\k<${name}>`;
      return this.#emit(`(?:${target})`, reference[0].length);
    }
    this.#characterEscape();
  }

  #quoted(): void {
    const end = this.#pattern.indexOf('\\E', this.#position + 2);
    const stop = end === -1 ? this.#pattern.length : end;
    const text = this.#pattern.slice(this.#position + 2, stop);
    this.#output += Array.from(text, escapeLiteral).join('');
    this.#position = end === -1 ? stop : end + 2;
  }

  /** An escape that stands for one character or a Unicode property, inside or outside a class. */
  #characterEscape(): void {
    const rest = this.#rest;
    const letter = rest[1] as string;
    const simple = SIMPLE_ESCAPES.get(letter);
    if (simple !== undefined) return this.#emit(simple, 2);
    const code = /^\\x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{1,2}))/.exec(rest);
    if (code !== null) return this.#emit(`\\u{${code[1] ?? code[2]}}`, code[0].length);
    const octal = /^\\(0[0-7]{0,2}|o\{([0-7]{1,7})\})/.exec(rest);
    if (octal !== null) {
      const digits = octal[2] ?? octal[1] ?? '';
      return this.#emit(`\\u{${Number.parseInt(digits, 8).toString(16)}}`, octal[0].length);
    }
    const property = /^\\([pP])(?:\{(\^?)(\w+)\}|([A-Z]))/.exec(rest);
    if (property !== null) return this.#property(property);
    if (/[A-Za-z0-9]/.test(letter)) throw unsupported(`the escape \\${letter}`);
    const character = String.fromCodePoint(rest.codePointAt(1) ?? 0);
    this.#emit(character === '-' ? '\\x2d' : escapeLiteral(character), 1 + character.length);
  }

  #property(match: RegExpExecArray): void {
    const name = match[3] ?? match[4] ?? '';
    const negated = (match[1] === 'P') !== (match[2] === '^');
    const value = name.length <= 2 || name === 'Any' ? name : `Script=${name}`;
    this.#emit(`\\${negated ? 'P' : 'p'}{${value}}`, match[0].length);
  }

  /** A character class, from `[` to its `]`. */
  #class(): void {
    const start = this.#position;
    const negated = this.#pattern[start + 1] === '^';
    this.#emit(negated ? '[^' : '[', negated ? 2 : 1);
    let isFirst = true;
    for (;;) {
      const character = this.#pattern[this.#position];
      if (character === undefined) throw unsupported('an unterminated character class');
      if (character === ']' && !isFirst) break;
      this.#classItem();
      isFirst = false;
    }
    this.#emit(']', 1);
  }

  #classItem(): void {
    const rest = this.#rest;
    const posix = /^\[:(\^?)(\w+):\]/.exec(rest);
    if (posix !== null) {
      const set = POSIX_CLASSES.get(posix[2] as string);
      if (set === undefined || posix[1] === '^') throw unsupported(`the class ${posix[0]}`);
      this.#emit(set, posix[0].length);
      return this.#hyphenAfterSet();
    }
    if (rest.startsWith('\\')) return this.#classEscape();
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    const isSpecial = character === ']' || character === '[' || character === '^';
    this.#emit(isSpecial ? `\\${character}` : character, character.length);
  }

  #classEscape(): void {
    const letter = this.#pattern[this.#position + 1];
    if (letter === undefined) throw unsupported('\\ at the end of the pattern');
    const set = SETS.get(letter);
    if (set !== undefined) {
      this.#emit(set, 2);
      return this.#hyphenAfterSet();
    }
    if (letter === 'b') return this.#emit('\\x08', 2);
    if (letter === 'Q' || letter === 'E') throw unsupported('\\Q within a character class');
    this.#characterEscape();
  }

  /** After a set a hyphen is literal in PCRE, where JavaScript would see a range. */
  #hyphenAfterSet(): void {
    if (this.#pattern[this.#position] === '-') this.#emit('\\-', 1);
  }
}
