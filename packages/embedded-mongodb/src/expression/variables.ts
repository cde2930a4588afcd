import { MongoServerError } from '../errors';
import type { BsonDocument, Value } from '../values/types';

/**
 * Variables that have a value before the first document is read: a command's `let` and `$$NOW`
 * (under the name `NOW`). Expressions see them as constants.
 */
export interface Variables extends ReadonlyMap<string, Value> {
  /** Throws when the command's time is up or nobody waits for it; iterating expressions ask. */
  readonly checkTime?: () => void;
}

export const NO_VARIABLES: Variables = new Map();

const NAME_CHARACTER = /[A-Za-z0-9_\u0080-\uffff]/;

function assertCharacters(name: string, code: number): void {
  for (const character of name.slice(1)) {
    if (!NAME_CHARACTER.test(character)) {
      throw new MongoServerError(
        code,
        `'${name}' contains an invalid character for a variable name: '${character}'`,
      );
    }
  }
}

/** Throws 16866, 16867 or 16868 unless a user may give a variable this name. */
export function assertWritableVariableName(name: string): void {
  if (name === '') throw new MongoServerError(16866, 'empty variable names are not allowed');
  if (name === 'CURRENT') return;
  if (!/^[a-z\u0080-\uffff]/.test(name)) {
    throw new MongoServerError(
      16867,
      `'${name}' starts with an invalid character for a user variable name`,
    );
  }
  assertCharacters(name, 16868);
}

/** Throws 16869, 16870 or 16871 unless this can be the name of a variable. */
export function assertReadableVariableName(name: string): void {
  if (name === '') throw new MongoServerError(16869, 'empty variable names are not allowed');
  if (!/^[A-Za-z\u0080-\uffff]/.test(name)) {
    throw new MongoServerError(
      16870,
      `'${name}' starts with an invalid character for a variable name`,
    );
  }
  assertCharacters(name, 16871);
}

/** The variables of a sub-pipeline: the outer ones, hidden by the inner ones of the same name. */
export function withVariables(outer: Variables, inner: BsonDocument | Variables): Variables {
  if (inner.size === 0) return outer;
  return Object.assign(new Map([...outer, ...inner]), { checkTime: outer.checkTime });
}
