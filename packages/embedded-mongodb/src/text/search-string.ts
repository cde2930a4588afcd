import type { TextLanguage } from './language';
import { splitWords } from './tokenizer';

/** What a `$search` string asks for, words as written. */
export interface SearchWords {
  /** Any of them suffices; the words of phrases are among them. */
  readonly terms: readonly string[];
  readonly excludedTerms: readonly string[];
  readonly phrases: readonly string[];
  readonly excludedPhrases: readonly string[];
}

// A quoted phrase with an optional leading minus, or a run without white space and quotes.
const PIECE = /(?<minus>-?)"(?<phrase>[^"]*)"|(?<run>[^\s"]+)|"/g;

/**
 * Reads `coffee "dark roast" -decaf -"instant coffee"`. A minus excludes only at the start of a
 * word; inside one (`pre-war`) it is a delimiter. A quote without a partner is ignored.
 *
 * @see https://www.mongodb.com/docs/manual/reference/operator/query/text/#search-field
 */
export function parseSearchString(search: string, language: TextLanguage): SearchWords {
  const words = {
    terms: new Array<string>(),
    excludedTerms: new Array<string>(),
    phrases: new Array<string>(),
    excludedPhrases: new Array<string>(),
  };
  for (const { groups } of search.matchAll(PIECE)) {
    if (groups?.phrase !== undefined) {
      const excluded = groups.minus === '-';
      if (groups.phrase.trim() === '') continue;
      (excluded ? words.excludedPhrases : words.phrases).push(groups.phrase);
      if (!excluded) words.terms.push(...splitWords(groups.phrase, language));
    } else if (groups?.run !== undefined) {
      const excluded = groups.run.startsWith('-');
      (excluded ? words.excludedTerms : words.terms).push(...splitWords(groups.run, language));
    }
  }
  return words;
}
