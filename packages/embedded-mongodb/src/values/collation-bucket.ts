import { holdsText, type Collation } from './collation';
import type { MaybeValue } from './types';

/** Texts are told apart by so many of their first characters. */
const DEPTH = 32;
const PRINTABLE_ASCII = { first: 0x20, last: 0x7e };
/** Other scripts by samples, this far apart. */
const BASIC_PLANE = { first: 0x80, last: 0xffff, step: 0x40 };
const SURROGATES = { first: 0xd800, last: 0xdfff };

/** Stands for a document or an array that holds text. */
const COMPOSITE = true;

/**
 * Gives values that are equal under a collation the same key, though not only those. JavaScript cannot
 * ask ICU for sort keys; but where a text stands among fixed other texts depends on the collation alone,
 * so equal texts always stand at the same place.
 */
export class CollationBuckets {
  private readonly letters: readonly string[];

  constructor(private readonly collation: Collation) {
    this.letters = samples()
      .filter((letter) => collation.compare(letter, '') > 0)
      .sort((left, right) => collation.compare(left, right));
  }

  /** A value that is the same for all values that are equal to this one. */
  of(value: MaybeValue): MaybeValue {
    if (typeof value === 'string') return this.placeOf(value);
    return holdsText(value) ? COMPOSITE : value;
  }

  /** The text made of samples, letter by letter the last that is not above the given one. */
  private placeOf(text: string): string {
    let place = '';
    for (let depth = 0; depth < DEPTH; depth += 1) {
      const letter = this.lastNotAbove(place, text);
      if (letter === undefined) return place;
      place += letter;
    }
    return place;
  }

  private lastNotAbove(place: string, text: string): string | undefined {
    let low = 0;
    let high = this.letters.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.collation.compare(place + this.letters[middle], text) <= 0) low = middle + 1;
      else high = middle;
    }
    return this.letters[low - 1];
  }
}

function samples(): string[] {
  const codes: number[] = [];
  for (let code = PRINTABLE_ASCII.first; code <= PRINTABLE_ASCII.last; code += 1) codes.push(code);
  for (let code = BASIC_PLANE.first; code <= BASIC_PLANE.last; code += BASIC_PLANE.step) {
    if (code < SURROGATES.first || code > SURROGATES.last) codes.push(code);
  }
  return codes.map((code) => String.fromCharCode(code));
}
