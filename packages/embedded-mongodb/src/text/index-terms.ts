import type { BsonDocument } from '../values/types';
import { indexedTexts, type IndexedText } from './indexed-texts';
import type { TextIndexSpec } from './specification';
import { foldedTokens, termsOf } from './tokenizer';

interface TermUse {
  count: number;
  /** 1 + 1/2 + 1/4 …: each repetition adds half of what the one before added. */
  frequency: number;
  nextShare: number;
}

/** A field that holds nothing but the term scores a tenth more. */
const WHOLE_FIELD_BONUS = 1.1;

/**
 * The terms under which a text index files a document, each with its score: for every field, the
 * weight times the damped frequency times `0.5 + 0.5 × (share of the field's terms)`, summed.
 *
 * @param wanted the terms that matter, all when absent
 * @returns score by term; empty when the index covers no text of the document
 * @throws MongoServerError 17261, 17262 for a bad language override
 * @see https://www.mongodb.com/docs/manual/reference/operator/query/text/#text-score
 */
export function textTerms(
  document: BsonDocument,
  spec: TextIndexSpec,
  wanted?: ReadonlySet<string>,
): Map<string, number> {
  const scores = new Map<string, number>();
  for (const indexed of indexedTexts(document, spec)) addScores(indexed, scores, wanted);
  return scores;
}

function addScores(
  indexed: IndexedText,
  scores: Map<string, number>,
  wanted: ReadonlySet<string> | undefined,
): void {
  const terms = termsOf(indexed.text, foldedTokens(indexed.language));
  const uses = countUses(wanted ? terms.filter((term) => wanted.has(term)) : terms);
  if (uses.size === 0) return;
  const folded = indexed.text.toLowerCase();
  for (const [term, use] of uses) {
    const coefficient = 0.5 + (0.5 * use.count) / terms.length;
    const bonus = folded === term ? WHOLE_FIELD_BONUS : 1;
    const score = indexed.weight * use.frequency * coefficient * bonus;
    scores.set(term, (scores.get(term) ?? 0) + score);
  }
}

function countUses(terms: readonly string[]): Map<string, TermUse> {
  const uses = new Map<string, TermUse>();
  for (const term of terms) {
    const use = uses.get(term) ?? { count: 0, frequency: 0, nextShare: 1 };
    use.count += 1;
    use.frequency += use.nextShare;
    use.nextShare /= 2;
    uses.set(term, use);
  }
  return uses;
}
