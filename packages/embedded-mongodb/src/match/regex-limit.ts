import { createContext, Script } from 'node:vm';
import { MongoServerError } from '../errors';

/** How long one evaluation may take, in milliseconds. */
const LONGEST_EVALUATION_MS = 1000;
/** Below so many steps (fractions of a second) an evaluation needs no watch. */
const HARMLESS_STEPS = 1e7;
/** Subjects up to this length cannot make nested repetition take long: at most about 2^24 steps. */
const HARMLESS_LENGTH = 24;
/** A counted repetition above this counts as one without end. */
const MOST_REPETITIONS = 10;

/** How the number of steps of an expression grows with the length of its subject. */
export interface RegexHazard {
  /** Repetitions without end: each is one more power of the length. */
  readonly loops: number;
  /** A repeated group repeats something itself or has alternatives: the steps may double by character. */
  readonly nested: boolean;
}

interface Group {
  /** It can match in several ways: something in it is repeated or has alternatives. */
  varies: boolean;
}

// An escape, a class, a quantifier, or one character.
const TOKEN = /\\.|\[(?:\\.|[^\]\\])*\]|(?:([*+?])|\{(\d+)(?:(,)(\d*))?\})\??|./gsu;

/** Looks for what lets a backtracking matcher take long. Finds too much rather than too little. */
export function hazardOf(source: string): RegexHazard {
  const groups: Group[] = [];
  let innermost: Group = { varies: false };
  let closed: Group | undefined;
  let loops = 0;
  let nested = false;
  for (const [token, sign, least, , most] of source.matchAll(TOKEN)) {
    const last = closed;
    closed = undefined;
    if (sign !== undefined || least !== undefined) {
      const repetitions = mostRepetitions(token, sign, least, most);
      if (repetitions > MOST_REPETITIONS) loops += 1;
      if (repetitions > 1 && last?.varies === true) nested = true;
      innermost.varies = true;
    } else if (token === '|') {
      innermost.varies = true;
    } else if (token === '(') {
      groups.push(innermost);
      innermost = { varies: false };
    } else if (token === ')') {
      closed = innermost;
      innermost = groups.pop() ?? { varies: false };
      if (closed.varies) innermost.varies = true;
    }
  }
  return { loops, nested };
}

function mostRepetitions(token: string, sign?: string, least?: string, most?: string): number {
  if (sign !== undefined) return sign === '?' ? 1 : Infinity;
  if (!token.includes(',')) return Number(least);
  return most === undefined || most === '' ? Infinity : Number(most);
}

/**
 * Runs what applies an expression to a subject; JavaScript's matcher has no limit of its own, and while
 * it runs nobody else is served. Throws 51156 after a second, as the server does when PCRE meets its
 * match limit.
 */
export function withinLimit<T>(hazard: RegexHazard, subject: string, evaluate: () => T): T {
  return isHarmless(hazard, subject.length) ? evaluate() : runWatched(evaluate);
}

function isHarmless({ loops, nested }: RegexHazard, length: number): boolean {
  if (nested && length > HARMLESS_LENGTH) return false;
  return Math.pow(length, loops + 1) <= HARMLESS_STEPS;
}

const holder: { evaluate?: () => unknown; result?: unknown } = {};
const watched = new Script('holder.result = holder.evaluate()');
const context = createContext({ holder });

function runWatched<T>(evaluate: () => T): T {
  holder.evaluate = evaluate;
  try {
    watched.runInContext(context, { timeout: LONGEST_EVALUATION_MS });
    return holder.result as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new MongoServerError(
      51156,
      'Error occurred while executing the regular expression. Result code: -47 (match limit exceeded)',
    );
  } finally {
    holder.evaluate = undefined;
    holder.result = undefined;
  }
}
