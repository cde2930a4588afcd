import type { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { isDuplicateKey } from '../db/duplicate-key';
import { runInTransaction } from '../db/run-in-transaction';
import { AccountToken, type AccountTokenFields } from '../models/account-token.model';
import { User, type UserFields } from '../models/user.model';
import { ApiError } from '../utils/api-error';
import { invalidToken } from '../utils/authentication-errors';
import {
  invalidAccountToken,
  issueAccountToken,
  requireAccountToken,
  spendAccountToken,
  voidAccountTokens,
} from './account-token.service';
import {
  changeEmailMail,
  createAccountLinks,
  emailChangedNotice,
  emailChangeNotice,
  verifyEmailMail,
} from './mail/account-mails';
import type { Mail } from './mail/mail';
import { hasMailLeft, spendMail } from './mail/mail-budget';
import { updateProfile, type ProfileChanges } from './profile.service';

const CONFIRMING = ['verify-email', 'change-email'] as const;

/** What a confirmation has done. */
export interface Confirmation {
  userId: Types.ObjectId;
  email: string;
  /** Whether it took the place of another address. */
  changed: boolean;
}

/** Proves that addresses belong to their accounts, and changes them only when that is proven. */
export interface EmailAddresses {
  /** Sends the link that confirms the address of a new account, in the background. */
  sendFirst(user: Pick<UserFields, '_id' | 'email'>): void;
  /**
   * Sends the link again: of the new address while a change is pending, else of the present one.
   * @returns where it goes
   * @throws ApiError 409 EMAIL_ALREADY_VERIFIED, 429
   */
  resend(userId: Types.ObjectId): Promise<string>;
  /**
   * Changes a profile and asks the new address for its confirmation; until then the old one holds,
   * and is told. The present address takes a pending change back.
   * @param prove asks the person once more who they are; called before another address is taken note of
   * @returns the account, with `pendingEmail`
   * @throws ApiError 401 when it is gone, 409 ALREADY_EXISTS, 429, and what `prove` throws
   */
  change(
    userId: Types.ObjectId,
    email: string,
    profile: ProfileChanges,
    prove: (account: UserFields) => Promise<void>,
  ): Promise<UserFields>;
  /**
   * @throws ApiError 400 ACCOUNT_TOKEN_INVALID; 409 ALREADY_EXISTS when somebody else has taken the
   * address in the meantime, which ends the change
   */
  confirm(token: string): Promise<Confirmation>;
}

type EmailDependencies = Pick<AppDependencies, 'config' | 'publicUrl' | 'throttles' | 'mailer'>;

export function createEmailAddresses(dependencies: EmailDependencies): EmailAddresses {
  const { config, publicUrl, throttles, mailer } = dependencies;
  const linkTo = createAccountLinks(config, publicUrl);

  async function compose(
    userId: Types.ObjectId,
    purpose: (typeof CONFIRMING)[number],
    to: string,
  ): Promise<Mail> {
    const link = linkTo('verify-email', await issueAccountToken(userId, purpose, to));
    return purpose === 'verify-email' ? verifyEmailMail(to, link) : changeEmailMail(to, link);
  }

  return {
    sendFirst({ _id, email }) {
      mailer.post('verify-email', async () => {
        // Whoever registers and leaves again and again must not fill somebody's mailbox.
        const isAllowed = await hasMailLeft(throttles, 'verify-email', email);
        return isAllowed ? compose(_id, 'verify-email', email) : undefined;
      });
    },

    async resend(userId) {
      const user = await requireUser(userId);
      const purpose = user.pendingEmail === undefined ? 'verify-email' : 'change-email';
      if (purpose === 'verify-email' && user.emailVerifiedAt) throw alreadyVerified();
      const to = user.pendingEmail ?? user.email;
      await spendMail(throttles, purpose, to);
      mailer.post(purpose, () => compose(userId, purpose, to));
      return to;
    },

    async change(userId, email, profile, prove) {
      const user = await requireUser(userId);
      if (email === user.email) return withdrawChange(userId, profile);
      // Forms send all their fields again; for another mail there is `resend`.
      if (email === user.pendingEmail) return updateProfile(userId, profile);
      await prove(user);
      // Of the person first: or one account could have mails sent to any number of addresses.
      await spendMail(throttles, 'change-email', userId.toString());
      await spendMail(throttles, 'change-email', email);
      if (await User.exists({ email })) throw takenEmail();
      const changed = await updateProfile(userId, { ...profile, pendingEmail: email });
      mailer.post('change-email', () => compose(userId, 'change-email', email));
      mailer.post('email-change-notice', async () => emailChangeNotice(changed.email));
      return changed;
    },

    async confirm(token) {
      const { user: userId, email, purpose } = await requireAccountToken(token, CONFIRMING);
      if (purpose === 'verify-email') {
        await confirmPresent(token);
        return { userId, email, changed: false };
      }
      const old = await confirmNew(token).catch(async (error: unknown) => {
        if (isDuplicateKey(error)) await forgetChange(userId, email);
        throw error;
      });
      mailer.post('email-changed-notice', async () => emailChangedNotice(old));
      return { userId, email, changed: true };
    },
  };
}

async function requireUser(userId: Types.ObjectId): Promise<UserFields> {
  const user = await User.findById(userId).lean();
  if (!user) throw invalidToken();
  return user;
}

async function withdrawChange(
  userId: Types.ObjectId,
  profile: ProfileChanges,
): Promise<UserFields> {
  // Nothing but the pending address makes its token good.
  return updateProfile(userId, profile, { pendingEmail: true });
}

async function confirmPresent(token: string): Promise<void> {
  await runInTransaction(async (session) => {
    const { user, email } = await spendAccountToken(token, ['verify-email'], session);
    const { matchedCount } = await User.updateOne(
      { _id: user, email },
      { $set: { emailVerifiedAt: new Date() } },
      { session },
    );
    if (matchedCount === 0) throw invalidAccountToken();
  });
}

/** @returns the address that was replaced */
async function confirmNew(token: string): Promise<string> {
  return runInTransaction(async (session) => {
    const { user, email } = await spendAccountToken(token, ['change-email'], session);
    const before = await User.findOneAndUpdate(
      { _id: user, pendingEmail: email },
      { $set: { email, emailVerifiedAt: new Date() }, $unset: { pendingEmail: true } },
      { session, returnDocument: 'before' },
    ).lean();
    if (!before) throw invalidAccountToken();
    // Whatever was sent to the old address proves nothing any more.
    await voidAccountTokens(user, session);
    return before.email;
  });
}

/** The address belongs to somebody else by now: there is nothing left to wait for. */
async function forgetChange(user: Types.ObjectId, email: string): Promise<void> {
  const change: Partial<AccountTokenFields> = { user, purpose: 'change-email', email };
  await AccountToken.deleteOne(change);
  await User.updateOne({ _id: user, pendingEmail: email }, { $unset: { pendingEmail: true } });
}

function alreadyVerified(): ApiError {
  return ApiError.conflict('Your email address is confirmed already', {
    code: 'EMAIL_ALREADY_VERIFIED',
  });
}

/** The same answer as the unique index would give: it still decides when the change is confirmed. */
function takenEmail(): ApiError {
  const message = 'email already exists';
  const code = 'ALREADY_EXISTS';
  return ApiError.conflict(message, { code, errors: [{ field: 'email', message, code }] });
}
