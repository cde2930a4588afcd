import { createHash } from 'node:crypto';
import { Secret } from 'otpauth';

export const RECOVERY_CODES = 10;
/** NIST SP 800-63B section 5.1.2.2: from 112 bits on, a look-up secret needs neither salt nor slow hash. */
const CODE_BYTES = 15;
const GROUP_LENGTH = 6;

/** What a person types who has lost the app: base32 without its groups, in lower case. */
export const RECOVERY_CODE_PATTERN = /^[a-z2-7]{24}$/;

/** @returns codes such as `k3jq7a-…`, in groups that can be read out and typed */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: RECOVERY_CODES }, () =>
    inGroups(new Secret({ size: CODE_BYTES }).base32.toLowerCase()),
  );
}

/** @param code as shown or as typed; groups and case do not matter */
export function hashRecoveryCode(code: string): string {
  return createHash('sha256').update(normalizeCode(code)).digest('hex');
}

/** Codes without what people put between their parts, in lower case. */
export function normalizeCode(code: string): string {
  return code.replaceAll(/[\s-]/g, '').toLowerCase();
}

function inGroups(text: string): string {
  return (text.match(new RegExp(`.{${GROUP_LENGTH}}`, 'g')) ?? []).join('-');
}
