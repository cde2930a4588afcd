import porterStemmer from 'wink-porter2-stemmer';
import type { TextLanguage } from './language';
import { ENGLISH_STOP_WORDS } from './stop-words';
import { TermCache } from './term-cache';

export interface TokenOptions {
  readonly language: TextLanguage;
  readonly caseSensitive: boolean;
  readonly diacriticSensitive: boolean;
}

/** How an index is built: letters folded, so that sensitivity is decided per query on the document. */
export function foldedTokens(language: TextLanguage): TokenOptions {
  return { language, caseSensitive: false, diacriticSensitive: false };
}

// Text index version 3 splits on white space and on the Unicode properties below; an English
// apostrophe belongs to its word, so that "don't" stays one.
// https://www.mongodb.com/docs/manual/core/indexes/index-types/index-text/#tokenization-delimiters
const DELIMITERS = /[\s\p{Dash}\p{Pattern_Syntax}\p{Quotation_Mark}\p{Terminal_Punctuation}]+/u;
const ENGLISH_DELIMITERS =
  /(?:(?!')[\s\p{Dash}\p{Pattern_Syntax}\p{Quotation_Mark}\p{Terminal_Punctuation}])+/u;

/** Removes accents: the letters stay, the combining marks go. */
export function withoutDiacritics(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .normalize('NFC');
}

/** The text with case and accents folded as the options ask; used to compare phrases. */
export function foldText(text: string, options: TokenOptions): string {
  const cased = options.caseSensitive ? text : text.toLowerCase();
  return options.diacriticSensitive ? cased : withoutDiacritics(cased);
}

/** Splits text at delimiters. Empty pieces and lone apostrophes are left out. */
export function splitWords(text: string, language: TextLanguage): string[] {
  const delimiters = language === 'english' ? ENGLISH_DELIMITERS : DELIMITERS;
  return text.split(delimiters).filter((word) => word !== '' && !/^'+$/.test(word));
}

/**
 * One word as the index knows it: folded and stemmed.
 *
 * @returns undefined for a stop word
 */
export function toTerm(word: string, options: TokenOptions): string | undefined {
  const lowered = word.toLowerCase();
  if (options.language === 'english' && ENGLISH_STOP_WORDS.has(lowered)) return undefined;
  const stemmed = options.language === 'english' ? porterStemmer(lowered) : lowered;
  const term = options.caseSensitive ? withCaseOf(word, stemmed) : stemmed;
  return options.diacriticSensitive ? term : withoutDiacritics(term);
}

/** The stemmer answers in lower case; what the stem shares with the word gets the word's case back. */
function withCaseOf(word: string, stemmed: string): string {
  const lowered = word.toLowerCase();
  let shared = 0;
  while (shared < stemmed.length && stemmed[shared] === lowered[shared]) shared += 1;
  return word.slice(0, shared) + stemmed.slice(shared);
}

/** Of folded words, which is how indexes are built and searches mostly asked: few words make most texts. */
const FOLDED_TERMS: Readonly<Record<TextLanguage, TermCache>> = {
  english: new TermCache((word) => toTerm(word, foldedTokens('english'))),
  none: new TermCache((word) => toTerm(word, foldedTokens('none'))),
};

/** The terms of a text in order, stop words left out, repeated words repeated. */
export function termsOf(text: string, options: TokenOptions): string[] {
  const isFolded = !options.caseSensitive && !options.diacriticSensitive;
  const cache = isFolded ? FOLDED_TERMS[options.language] : undefined;
  return splitWords(text, options.language)
    .map((word) => (cache ? cache.get(word) : toTerm(word, options)))
    .filter((term) => term !== undefined);
}
