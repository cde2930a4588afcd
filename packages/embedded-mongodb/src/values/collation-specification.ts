import { Int32 } from 'bson';
import { isNumeric, toDouble } from './numbers';
import { parseCollation } from './collation';
import type { BsonDocument, MaybeValue, Value } from './types';

/** What MongoDB 7.0 shows as the version of its collation library (ICU). */
const LIBRARY_VERSION = '57.1';

/** Canadian French compares accents from the end of a word, if nothing else is asked for. */
const BACKWARDS_LOCALE = /^fr_CA\b/;

/**
 * The collation with all its fields, as listCollections and listIndexes answer it
 * (https://www.mongodb.com/docs/v7.0/reference/collation/); undefined for the simple one.
 * @throws MongoServerError as parseCollation
 */
export function completeCollation(specification: BsonDocument): BsonDocument | undefined {
  if (!parseCollation(specification)) return undefined;
  const locale = specification.get('locale') as string;
  const language = languageDefaults(locale);
  const given = (field: string, otherwise: Value): Value => specification.get(field) ?? otherwise;
  const complete = new Map<string, Value>([
    ['locale', locale],
    ['caseLevel', given('caseLevel', false)],
    ['caseFirst', given('caseFirst', language.caseFirst)],
    ['strength', asInt32(specification.get('strength')) ?? new Int32(3)],
    ['numericOrdering', given('numericOrdering', false)],
    ['alternate', given('alternate', language.alternate)],
    ['maxVariable', given('maxVariable', 'punct')],
    ['normalization', given('normalization', false)],
    ['backwards', given('backwards', BACKWARDS_LOCALE.test(locale))],
    ['version', LIBRARY_VERSION],
  ]);
  // What a language means by default may be what is not supported.
  parseCollation(complete);
  return complete;
}

function languageDefaults(locale: string): { caseFirst: string; alternate: string } {
  const [tag = ''] = locale.replaceAll('_', '-').split('@');
  const { caseFirst, ignorePunctuation } = new Intl.Collator(tag).resolvedOptions();
  return {
    caseFirst: caseFirst === 'false' ? 'off' : caseFirst,
    alternate: ignorePunctuation ? 'shifted' : 'non-ignorable',
  };
}

function asInt32(value: MaybeValue): Int32 | undefined {
  return isNumeric(value) ? new Int32(toDouble(value)) : undefined;
}
