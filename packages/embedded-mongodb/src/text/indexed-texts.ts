import { MongoServerError } from '../errors';
import type { BsonDocument, Value } from '../values/types';
import { resolveTextLanguage, type TextLanguage } from './language';
import type { TextIndexSpec } from './specification';

/** One string that a text index covers. */
export interface IndexedText {
  readonly text: string;
  readonly weight: number;
  readonly language: TextLanguage;
}

/**
 * Every string of the document that the index covers, with its weight and language. Arrays are
 * looked through at every step; a subdocument may override the language for what is below it.
 *
 * @throws MongoServerError 17261 when a language override is not a string, 17262 when it is unsupported
 */
export function* indexedTexts(document: BsonDocument, spec: TextIndexSpec): Generator<IndexedText> {
  yield* visitDocument(document, '', resolveTextLanguage(spec.defaultLanguage), spec);
}

function* visitDocument(
  document: BsonDocument,
  prefix: string,
  inherited: TextLanguage,
  spec: TextIndexSpec,
): Generator<IndexedText> {
  const language = overriddenLanguage(document, spec) ?? inherited;
  for (const [name, value] of document) {
    yield* visitValue(value, prefix + name, language, spec);
  }
}

function* visitValue(
  value: Value,
  path: string,
  language: TextLanguage,
  spec: TextIndexSpec,
): Generator<IndexedText> {
  if (typeof value === 'string') {
    const weight = spec.weights.get(path) ?? spec.wildcardWeight;
    if (weight !== undefined) yield { text: value, weight, language };
  } else if (Array.isArray(value)) {
    for (const element of value) yield* visitValue(element, path, language, spec);
  } else if (value instanceof Map && reachesBelow(path, spec)) {
    yield* visitDocument(value, `${path}.`, language, spec);
  }
}

function reachesBelow(path: string, spec: TextIndexSpec): boolean {
  if (spec.wildcardWeight !== undefined) return true;
  const prefix = `${path}.`;
  for (const weighted of spec.weights.keys()) {
    if (weighted.startsWith(prefix)) return true;
  }
  return false;
}

function overriddenLanguage(document: BsonDocument, spec: TextIndexSpec): TextLanguage | undefined {
  const override = document.get(spec.languageOverride);
  if (override === undefined) return undefined;
  if (typeof override === 'string') return resolveTextLanguage(override);
  throw new MongoServerError(
    17261,
    'found language override field in document with non-string type',
  );
}
