import { randomBytes } from 'node:crypto';
import type { ClientSession, Types } from 'mongoose';
import { retryUpsert } from '../db/duplicate-key';
import {
  AccountToken,
  type AccountTokenFields,
  type AccountTokenPurpose,
} from '../models/account-token.model';
import { ApiError } from '../utils/api-error';
import { hashToken } from './token.service';

/**
 * 128 bits: nobody guesses them, so a fast hash keeps them (NIST SP 800-63B section 5.1.2.2 asks
 * for 112), and a link stays short enough for a line of a mail.
 */
const TOKEN_BYTES = 16;

/** How long a link works. One that lets in is short-lived; one that only confirms waits for a day. */
const LIFETIME_SECONDS: Readonly<Record<AccountTokenPurpose, number>> = {
  'reset-password': 60 * 60,
  'verify-email': 24 * 3600,
  'change-email': 24 * 3600,
};

/**
 * Makes a token for one person, purpose and address; an older one of the same purpose is void.
 * @returns the token, which is nowhere but in the mail
 */
export async function issueAccountToken(
  user: Types.ObjectId,
  purpose: AccountTokenPurpose,
  email: string,
): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const expiresAt = new Date(Date.now() + LIFETIME_SECONDS[purpose] * 1000);
  await retryUpsert(() =>
    AccountToken.updateOne(
      { user, purpose },
      { $set: { tokenHash: hashToken(token), email, expiresAt } },
      { upsert: true },
    ),
  );
  return token;
}

/**
 * Looks at a token without spending it.
 * @throws ApiError 400 ACCOUNT_TOKEN_INVALID
 */
export async function requireAccountToken(
  token: string,
  purposes: readonly AccountTokenPurpose[],
): Promise<AccountTokenFields> {
  const found = await AccountToken.findOne(living(token, purposes)).lean();
  if (!found) throw invalidAccountToken();
  return found;
}

/**
 * Spends a token: of many who bring it at once, one gets it.
 * @throws ApiError 400 ACCOUNT_TOKEN_INVALID for everybody else
 */
export async function spendAccountToken(
  token: string,
  purposes: readonly AccountTokenPurpose[],
  session: ClientSession | undefined,
): Promise<AccountTokenFields> {
  const spent = await AccountToken.findOneAndDelete(living(token, purposes), { session }).lean();
  if (!spent) throw invalidAccountToken();
  return spent;
}

/** Makes every link void that was sent to a person, of these purposes or of all. */
export async function voidAccountTokens(
  user: Types.ObjectId,
  session: ClientSession | undefined,
  purposes?: readonly AccountTokenPurpose[],
): Promise<void> {
  await AccountToken.deleteMany(
    { user, ...(purposes && { purpose: { $in: purposes } }) },
    { session },
  );
}

/**
 * 400 for a token that cannot be taken. Whether it never was, was used, replaced or is too old is
 * not told: only the first holder needs to know, and for each the way out is a new mail. Not 401,
 * which clients answer by refreshing.
 */
export function invalidAccountToken(): ApiError {
  const message = 'This link is not valid any more; please ask for a new one';
  const code = 'ACCOUNT_TOKEN_INVALID';
  return ApiError.badRequest(message, { code, errors: [{ field: 'token', message, code }] });
}

function living(token: string, purposes: readonly AccountTokenPurpose[]) {
  return {
    tokenHash: hashToken(token),
    purpose: { $in: purposes },
    expiresAt: { $gt: new Date() },
  };
}
