import type { Request } from 'express';
import { Types } from 'mongoose';
import type { Logger } from 'pino';
import { toApiError } from '../utils/to-api-error';

/** What is recorded for whoever must later say who did what (OWASP Logging Cheat Sheet). */
export const AUDIT_EVENTS = [
  'account-registered',
  'login',
  'logout',
  'refresh-token-reused',
  'session-revoked',
  'password-change',
  'password-reset',
  'password-reset-requested',
  'email-change-requested',
  'email-change',
  'email-verified',
  'two-factor-enabled',
  'two-factor-disabled',
  'recovery-codes-replaced',
  'recovery-code-used',
  'account-export',
  'account-deleted',
  'role-change',
  'moderation',
  'access-denied',
] as const;
export type AuditEvent = (typeof AUDIT_EVENTS)[number];

/** The source of an event outside a request's handler, such as a service that is told the device. */
export interface AuditContext {
  logger: Logger;
  requestId?: string;
  ip?: string;
  userId?: Id;
  sessionId?: Id;
}

export type AuditSource = AuditContext | Pick<Request, 'log' | 'id' | 'ip' | 'user' | 'session'>;

type Id = Types.ObjectId | string;
type Detail = Id | number | boolean;

/** What is particular to one event. Ids and words of ours only: never a secret, never free text. */
export interface AuditFields {
  /** `success` unless said otherwise. */
  outcome?: 'success' | 'failure';
  /** Why it failed: the `code` of the answer. */
  reason?: string;
  /** Who acts, where the source does not know yet: at a login for instance. */
  userId?: Id;
  sessionId?: Id;
  [detail: string]: Detail | undefined;
}

/**
 * Writes one line of the audit trail: `audit: true`, the event and its outcome, who (`userId`,
 * `sessionId`), from where (`ip`), and `requestId`, which leads to the request's own line. Failures
 * are warnings. Call it once the act is done: a line about a change that was rolled back would lie.
 */
export function audit(source: AuditSource, event: AuditEvent, fields: AuditFields = {}): void {
  const { logger, ...origin } = 'log' in source ? contextOf(source) : source;
  const { outcome = 'success', ...rest } = fields;
  const line = { ...known(origin), ...known(rest) };
  const level = outcome === 'success' ? 'info' : 'warn';
  logger[level]({ ...line, audit: true, event, outcome }, `audit: ${event} ${outcome}`);
}

/**
 * For the failing end of an act: writes the line, then throws on.
 * @param fields what is known beforehand; whom the error is about comes first
 */
export function auditFailure(
  source: AuditSource,
  event: AuditEvent,
  fields: AuditFields = {},
): (error: unknown) => never {
  return (error) => {
    const { code, subject } = toApiError(error);
    audit(source, event, {
      ...fields,
      userId: subject.userId ?? fields.userId,
      sessionId: subject.sessionId ?? fields.sessionId,
      outcome: 'failure',
      reason: code,
    });
    throw error;
  };
}

/**
 * Runs an act and writes how it ended.
 * @returns what `act` returns, or throws what it throws
 */
export async function audited<T>(
  source: AuditSource,
  event: AuditEvent,
  act: () => Promise<T>,
): Promise<T> {
  const outcome = await act().catch(auditFailure(source, event));
  audit(source, event);
  return outcome;
}

/** Without what is unknown, so that it hides nothing that is known; ids as text. */
function known(fields: Readonly<Record<string, Detail | string | undefined>>) {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value instanceof Types.ObjectId ? value.toString() : value]),
  );
}

function contextOf(request: Pick<Request, 'log' | 'id' | 'ip' | 'user' | 'session'>): AuditContext {
  return {
    logger: request.log,
    requestId: request.id,
    ip: request.ip,
    userId: request.user?._id,
    sessionId: request.session?._id,
  };
}
