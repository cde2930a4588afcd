import type { core } from 'zod';
import type { FieldError } from './api-error';

type RawIssue = core.$ZodRawIssue;
type Issue = core.$ZodIssue;

const CODES: Readonly<Record<string, string>> = {
  unrecognized_keys: 'UNKNOWN_FIELD',
  too_small: 'TOO_SMALL',
  too_big: 'TOO_BIG',
  invalid_type: 'INVALID_TYPE',
  invalid_value: 'NOT_ALLOWED',
};

/** Says what is wrong in a sentence that starts with the field's name; zod's own words do not. */
export function describeIssue(issue: RawIssue): string | undefined {
  const field = fieldName(issue.path ?? []);
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `${field} is required`
        : `${field} must be ${withArticle(issue.expected)}`;
    case 'invalid_value':
      return issue.input === undefined
        ? `${field} is required`
        : `${field} must be one of: ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return describeTooSmall(field, issue);
    case 'too_big':
      return `${field} must be ${measure('at most', issue.maximum, issue.origin)}`;
    case 'unrecognized_keys':
      return `${issue.keys.join(', ')} is not a known field`;
    case 'invalid_format':
      return `${field} is not in the right form`;
    default:
      return undefined;
  }
}

/** Flattens zod issues (parsed with `reportInput`) to one entry per field. */
export function toFieldErrors(issues: readonly Issue[]): FieldError[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        field: [...issue.path, key].join('.'),
        message: `${key} is not a known field`,
        code: 'UNKNOWN_FIELD',
      }));
    }
    return [
      {
        field: fieldName(issue.path),
        message: issue.message,
        code: codeOf(issue),
      },
    ];
  });
}

function codeOf(issue: Issue): string {
  const isMissing = 'input' in issue && issue.input === undefined;
  return isMissing ? 'REQUIRED' : (CODES[issue.code] ?? 'INVALID');
}

/** How an input field is called in messages and in `errors[].field`. */
export function fieldName(path: readonly PropertyKey[]): string {
  return path.length > 0 ? path.map(String).join('.') : 'body';
}

function withArticle(expected: string): string {
  return /^[aeio]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

function describeTooSmall(field: string, issue: Extract<RawIssue, { code: 'too_small' }>): string {
  const emptyText = issue.origin === 'string' && Number(issue.minimum) === 1;
  return emptyText
    ? `${field} must not be empty`
    : `${field} must be ${measure('at least', issue.minimum, issue.origin)}`;
}

function measure(bound: string, value: number | bigint, origin: string): string {
  if (origin === 'string') return `${bound} ${value} characters long`;
  if (origin === 'array') return `${bound} ${value} entries long`;
  return `${bound} ${value}`;
}
