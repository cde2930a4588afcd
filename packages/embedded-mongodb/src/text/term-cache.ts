/**
 * Part of a longer text, a word of 13 characters or more would keep the whole of that text in memory
 * (V8 does not copy it). Such words are rare.
 */
const LONGEST_WORD = 12;
/** In each of two generations: together some megabytes. */
const MOST_WORDS = 16_384;

/** Remembers the terms of the words that were asked for most recently: stemming a word takes microseconds. */
export class TermCache {
  #recent = new Map<string, string | undefined>();
  #older = new Map<string, string | undefined>();

  /** @param toTerm answers undefined for a stop word */
  constructor(private readonly toTerm: (word: string) => string | undefined) {}

  /** The same as `toTerm`. */
  get(word: string): string | undefined {
    const term = this.#recent.get(word);
    if (term !== undefined || this.#recent.has(word)) return term;
    if (word.length > LONGEST_WORD) return this.toTerm(word);
    return this.#remember(word);
  }

  #remember(word: string): string | undefined {
    const term = this.#older.has(word) ? this.#older.get(word) : this.toTerm(word);
    if (this.#recent.size >= MOST_WORDS) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(word, term);
    return term;
  }
}
