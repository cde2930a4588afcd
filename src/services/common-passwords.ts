import { dictionary } from '@zxcvbn-ts/language-common';

/** Nothing shorter is accepted anyway. */
const SHORTEST = 8;

/**
 * Passwords that guessers try first, from leaks, lower-cased. NIST SP 800-63B section 5.1.1.2 asks
 * to refuse such values; runs and repetitions are found by rule below.
 */
const COMMON_PASSWORDS = new Set(
  dictionary['passwords-common'].map(String).filter((word) => word.length >= SHORTEST),
);

/** The same section: names that only a guesser at this product would try. */
const OWN_NAME = /^videotube[\d!]{0,4}$/;

/** Rows that fingers run along; a password that is a piece of one, either way, is no secret. */
const RUNS = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop[]',
  'qwertyuiopasdfghjklzxcvbnm',
  'asdfghjkl;',
  'zxcvbnm,./',
  '!@#$%^&*()_+',
];

/**
 * Whether a password is among the first that a guesser tries: a well-known one, a run along the
 * alphabet or the keyboard, or a short piece repeated ("abcabcabc").
 */
export function isCommonPassword(password: string): boolean {
  const lowered = password.toLowerCase();
  return (
    COMMON_PASSWORDS.has(lowered) ||
    OWN_NAME.test(lowered) ||
    isRun(lowered) ||
    isRepetition(lowered)
  );
}

function isRun(password: string): boolean {
  const reversed = [...password].reverse().join('');
  return RUNS.some((run) => run.includes(password) || run.includes(reversed));
}

function isRepetition(password: string): boolean {
  return /^(.{1,4}?)\1+$/su.test(password);
}
