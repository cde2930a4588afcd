import { MongoServerError } from '../errors';
import type { BsonDocument } from '../values/types';
import { indexedTexts } from './indexed-texts';
import { textTerms } from './index-terms';
import { resolveTextLanguage, type TextLanguage } from './language';
import { parseSearchString, type SearchWords } from './search-string';
import { coveredFields, type TextIndexSpec } from './specification';
import { foldText, splitWords, toTerm, type TokenOptions } from './tokenizer';

/** A parsed `$text`, not yet bound to an index: the index names the default language. */
export interface TextQuery {
  readonly search: string;
  readonly language: TextLanguage | undefined;
  readonly caseSensitive: boolean;
  readonly diacriticSensitive: boolean;
}

/** A `$text` bound to one text index. */
export interface BoundTextQuery {
  /** Folded and stemmed terms to look up in the index, without repetitions; any of them suffices. */
  readonly indexTerms: readonly string[];
  /** The top-level fields that `score` looks at; undefined when it looks at all of them. */
  readonly fields: readonly string[] | undefined;
  /**
   * @returns the document's score, or undefined when the document does not match. Decides alone:
   * what the index finds is only a candidate.
   */
  score(document: BsonDocument): number | undefined;
}

const FIELDS = new Set(['$search', '$language', '$caseSensitive', '$diacriticSensitive']);

/**
 * Parses `{ $search, $language?, $caseSensitive?, $diacriticSensitive? }`.
 *
 * @throws MongoServerError 2 BadValue for unknown fields, 14 TypeMismatch for wrong types, 17262 for
 * an unsupported language
 * @see https://www.mongodb.com/docs/manual/reference/operator/query/text/
 */
export function parseTextQuery(specification: BsonDocument): TextQuery {
  for (const name of specification.keys()) {
    if (!FIELDS.has(name)) throw new MongoServerError('BadValue', 'extra fields in $text');
  }
  const search = specification.get('$search');
  if (typeof search !== 'string') {
    throw new MongoServerError('TypeMismatch', '$search requires a string value');
  }
  return {
    search,
    language: parseLanguage(specification),
    caseSensitive: parseFlag(specification, '$caseSensitive'),
    diacriticSensitive: parseFlag(specification, '$diacriticSensitive'),
  };
}

function parseLanguage(specification: BsonDocument): TextLanguage | undefined {
  const language = specification.get('$language');
  if (language === undefined) return undefined;
  if (typeof language === 'string') return resolveTextLanguage(language);
  throw new MongoServerError('TypeMismatch', '$language requires a string value');
}

function parseFlag(specification: BsonDocument, name: string): boolean {
  const flag = specification.get(name) ?? false;
  if (typeof flag === 'boolean') return flag;
  throw new MongoServerError('TypeMismatch', `${name} requires a boolean value`);
}

/** Binds a query to the index that answers it. */
export function bindTextQuery(query: TextQuery, spec: TextIndexSpec): BoundTextQuery {
  const language = query.language ?? resolveTextLanguage(spec.defaultLanguage);
  const words = parseSearchString(query.search, language);
  const folded = { language, caseSensitive: false, diacriticSensitive: false };
  const sensitive = query.caseSensitive || query.diacriticSensitive;
  const options: TokenOptions = { ...query, language };
  const indexTerms = toTerms(words.terms, folded);
  const excludedTerms = toTerms(words.excludedTerms, sensitive ? options : folded);
  const exactTerms = sensitive ? toTerms(words.terms, options) : undefined;

  return {
    indexTerms: [...indexTerms],
    fields: coveredFields(spec),
    score(document) {
      const scores = textTerms(document, spec, indexTerms);
      let total = 0;
      for (const term of indexTerms) total += scores.get(term) ?? 0;
      if (total === 0) return undefined;
      if (exactTerms && !usesAny(document, spec, exactTerms, options)) return undefined;
      if (usesAny(document, spec, excludedTerms, sensitive ? options : folded)) return undefined;
      return matchesPhrases(document, spec, words, options) ? total : undefined;
    },
  };
}

function toTerms(words: readonly string[], options: TokenOptions): Set<string> {
  return new Set(words.map((word) => toTerm(word, options)).filter((term) => term !== undefined));
}

function usesAny(
  document: BsonDocument,
  spec: TextIndexSpec,
  terms: ReadonlySet<string>,
  options: TokenOptions,
): boolean {
  if (terms.size === 0) return false;
  for (const { text, language } of indexedTexts(document, spec)) {
    for (const word of splitWords(text, language)) {
      const term = toTerm(word, { ...options, language });
      if (term !== undefined && terms.has(term)) return true;
    }
  }
  return false;
}

/** Every phrase must stand somewhere in one covered string, and no excluded phrase anywhere. */
function matchesPhrases(
  document: BsonDocument,
  spec: TextIndexSpec,
  words: SearchWords,
  options: TokenOptions,
): boolean {
  if (words.phrases.length === 0 && words.excludedPhrases.length === 0) return true;
  const texts = [...indexedTexts(document, spec)].map(({ text }) => foldText(text, options));
  const stands = (phrase: string): boolean => {
    const folded = foldText(phrase, options);
    return texts.some((text) => text.includes(folded));
  };
  return words.phrases.every(stands) && !words.excludedPhrases.some(stands);
}
