import { kindsOf, requiredFields, type UploadRules } from '../../middlewares/upload/upload-rules';
import { API_PREFIX } from '../../constants';
import type { RouteDescription } from '../describe-routes';
import type { Access, FailureName, Operation } from '../operation';
import { inputSchema } from './request';

const SAFE_METHODS = new Set(['GET', 'HEAD']);

const OF_TOKENS: readonly FailureName[] = [
  '401 UNAUTHENTICATED',
  '401 TOKEN_INVALID',
  '401 TOKEN_EXPIRED',
];

/**
 * By who may call. A bad token of a guest is no failure; an expired one asks to be refreshed. Who
 * lacks a role is refused.
 */
const OF_ACCESS: Readonly<Record<Access, readonly FailureName[]>> = {
  anybody: [],
  guest: ['401 TOKEN_EXPIRED'],
  'signed in': OF_TOKENS,
  moderator: [...OF_TOKENS, '403 FORBIDDEN'],
  admin: [...OF_TOKENS, '403 FORBIDDEN'],
  'signed in, however old the token': ['401 UNAUTHENTICATED', '401 TOKEN_INVALID'],
  'refresh token': [...OF_TOKENS, '401 TOKEN_REUSED'],
  'signed by Cloudinary': ['401 INVALID_SIGNATURE'],
  operator: ['403 FORBIDDEN'],
};

/** Where an upload may be named in place of a file. */
const OF_REFERENCES: readonly FailureName[] = [
  '404 UPLOAD_NOT_FOUND',
  '409 UPLOAD_INCOMPLETE',
  '409 UPLOAD_IN_USE',
];

/** What can go wrong wherever a body is read. */
const OF_BODIES: readonly FailureName[] = [
  '400 MALFORMED_BODY',
  '413 PAYLOAD_TOO_LARGE',
  '415 UNSUPPORTED_MEDIA_TYPE',
];

const OF_FORMS: readonly FailureName[] = ['400 MALFORMED_MULTIPART', '400 UNEXPECTED_FILE'];

const OF_FILES: readonly FailureName[] = [
  ...OF_FORMS,
  '400 FILE_EMPTY',
  '413 FILE_TOO_LARGE',
  '415 UNSUPPORTED_FILE_TYPE',
  '415 UNREADABLE_FILE',
  '502 PROVIDER_ERROR',
  '503 SERVICE_UNAVAILABLE',
  '507 INSUFFICIENT_STORAGE',
];

/**
 * Every failure that a call of the route may get: what follows from its middlewares, and what the
 * operation adds.
 * @returns codes by status, both in ascending order
 */
export function failuresOf(route: RouteDescription, operation: Operation): Map<number, string[]> {
  const names = new Set<FailureName>([
    ...ofInput(route),
    ...(route.notes.files ? ofFiles(route.notes.files) : []),
    ...OF_ACCESS[operation.access],
    ...(route.notes.uploadSlot ? ofUploadSlot(operation) : []),
    ...(isForgeable(route, operation) ? (['403 ORIGIN_NOT_ALLOWED'] as const) : []),
    ...(operation.rateLimit === 'none' ? [] : (['429 TOO_MANY_REQUESTS'] as const)),
    '500 INTERNAL_ERROR',
    ...(touchesDatabase(operation) ? (['503 DATABASE_UNAVAILABLE'] as const) : []),
    ...(operation.failures ?? []),
  ]);
  const byStatus = new Map<number, string[]>();
  for (const name of [...names].sort()) {
    const [status = '', code = ''] = name.split(' ');
    byStatus.set(Number(status), [...(byStatus.get(Number(status)) ?? []), code]);
  }
  return byStatus;
}

function ofInput(route: RouteDescription): FailureName[] {
  const query = inputSchema(route, 'query')?.toJSONSchema({ io: 'input', unrepresentable: 'any' });
  const has = (name: string): boolean => Object.hasOwn(query?.properties ?? {}, name);
  const readsBody = route.path.startsWith(API_PREFIX) && !SAFE_METHODS.has(route.method);
  return [
    // Also where a route takes nothing: repeated query parameters are refused everywhere.
    '400 VALIDATION_FAILED',
    ...(route.path.includes(':') ? (['400 MALFORMED_URI'] as const) : []),
    ...(has('cursor') ? (['400 INVALID_CURSOR'] as const) : []),
    ...(has('page') ? (['400 PAGE_TOO_DEEP'] as const) : []),
    ...(readsBody ? OF_BODIES : []),
    ...(route.notes.form ? OF_FORMS : []),
  ];
}

function ofFiles(files: UploadRules): FailureName[] {
  const hasReference = Object.values(files).some(({ upload }) => upload !== undefined);
  const hasPicture = Object.values(files).some((rule) => kindsOf(rule).includes('image'));
  return [
    ...OF_FILES,
    ...(requiredFields(files).length > 0 ? (['400 FILE_REQUIRED'] as const) : []),
    ...(hasReference ? OF_REFERENCES : []),
    ...(hasPicture ? (['400 TOO_MANY_PIXELS'] as const) : []),
  ];
}

/** Guests have no quota. */
function ofUploadSlot({ access }: Operation): FailureName[] {
  return ['429 TOO_MANY_UPLOADS', ...(access === 'guest' ? [] : (['413 QUOTA_EXCEEDED'] as const))];
}

const WITHOUT_COOKIES: ReadonlySet<Access> = new Set([
  'anybody',
  'signed by Cloudinary',
  'operator',
]);

/** Whether a foreign site could have a visitor's browser send it with the visitor's cookies. */
function isForgeable({ method }: RouteDescription, { access }: Operation): boolean {
  return !WITHOUT_COOKIES.has(access) && !SAFE_METHODS.has(method);
}

/** What neither asks who is calling nor counts calls answers without the database. */
function touchesDatabase({ access, rateLimit }: Operation): boolean {
  return access !== 'anybody' || rateLimit !== 'none';
}
