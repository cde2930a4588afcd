import { MongoServerError } from '../errors';

/** The languages this engine stems. `none` splits and folds, and neither stems nor drops stop words. */
export type TextLanguage = 'english' | 'none';

const LANGUAGE_BY_NAME = new Map<string, TextLanguage>([
  ['english', 'english'],
  ['en', 'english'],
  ['none', 'none'],
]);

/**
 * @param name a language as a user writes it, in any case (`english`, `en`, `none`)
 * @throws MongoServerError 17262 for every other language: a wrong stemmer would answer wrongly in silence
 * @see https://www.mongodb.com/docs/manual/reference/text-search-languages/
 */
export function resolveTextLanguage(name: string): TextLanguage {
  const language = LANGUAGE_BY_NAME.get(name.toLowerCase());
  if (language === undefined) {
    throw new MongoServerError(17262, `unsupported language: "${name}" for text index version 3`);
  }
  return language;
}
