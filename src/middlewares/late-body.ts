import type { Request } from 'express';

type Check = () => Promise<void>;

const checks = new WeakMap<Request, Check[]>();

/**
 * Notes a check that was passed before the body was read. A form may take its time, an hour for a
 * large file, and meanwhile its sender may have been signed out or lost a role: without a second
 * look, requests that somebody keeps open would be carried out all the same.
 */
export function checkAgainAfterBody(request: Request, check: Check): void {
  checks.set(request, [...(checks.get(request) ?? []), check]);
}

/** Repeats what was noted. For whoever has just read a form. @throws what the checks throw */
export async function checkAgain(request: Request): Promise<void> {
  for (const check of checks.get(request) ?? []) await check();
}
