import type { AppDependencies } from '../app-dependencies';
import { runInTransaction } from '../db/run-in-transaction';
import { Session } from '../models/session.model';
import { User, type UserFields } from '../models/user.model';
import { ApiError } from '../utils/api-error';
import {
  invalidAccountToken,
  issueAccountToken,
  requireAccountToken,
  spendAccountToken,
  voidAccountTokens,
} from './account-token.service';
import { audit, type AuditContext } from './audit.service';
import { createAccountLinks, passwordWasResetMail, resetPasswordMail } from './mail/account-mails';
import { spendMail } from './mail/mail-budget';
import { isGuessable, type PasswordService } from './password.service';

const RESET = ['reset-password'] as const;

/** A new password for somebody who reads the mails of the account's address. */
export interface PasswordReset {
  /**
   * Counts the request. It does the same for an address that nobody has, in the same time.
   * @throws ApiError 429 after too many for one address
   */
  admit(email: string): Promise<void>;
  /** Sends a link in the background, if somebody has the address. Call it after the answer. */
  send(email: string, origin: AuditContext): void;
  /**
   * Changes the password by a token, once. Ends every session and makes all other links void; signs
   * nobody in, and leaves the second factor as it is.
   * @returns the account
   * @throws ApiError 400 ACCOUNT_TOKEN_INVALID, or VALIDATION_FAILED without spending the token
   */
  reset(change: { token: string; newPassword: string }): Promise<Pick<UserFields, '_id'>>;
}

type ResetDependencies = Pick<AppDependencies, 'config' | 'publicUrl' | 'throttles' | 'mailer'> & {
  passwords: PasswordService;
};

export function createPasswordReset(dependencies: ResetDependencies): PasswordReset {
  const { config, publicUrl, throttles, mailer, passwords } = dependencies;
  const linkTo = createAccountLinks(config, publicUrl);

  return {
    admit: (email) => spendMail(throttles, 'reset-password', email),

    send(email, origin) {
      mailer.post('reset-password', async () => {
        const user = await User.findOne({ email }, { _id: 1 }).lean();
        if (!user) return undefined;
        const token = await issueAccountToken(user._id, 'reset-password', email);
        audit({ ...origin, userId: user._id }, 'password-reset-requested');
        return resetPasswordMail(email, linkTo('reset-password', token));
      });
    },

    async reset({ token, newPassword }) {
      const { user: userId, email } = await requireAccountToken(token, RESET);
      const user = await User.findOne({ _id: userId, email }).lean();
      if (!user) throw invalidAccountToken();
      if (isGuessable(newPassword, user)) {
        throw ApiError.invalidField(
          'newPassword',
          'newPassword must not be your name, username or email',
        );
      }
      const password = await passwords.hash(newPassword);
      await runInTransaction(async (session) => {
        await spendAccountToken(token, RESET, session);
        const { matchedCount } = await User.updateOne(
          { _id: userId, email },
          {
            // Whoever got the link reads the address.
            $set: { password, emailVerifiedAt: user.emailVerifiedAt ?? new Date() },
            // Whoever asked for another address may be the one who is being locked out.
            $unset: { pendingEmail: true },
          },
          { session },
        );
        if (matchedCount === 0) throw invalidAccountToken();
        await Session.deleteMany({ user: userId }, { session });
        await voidAccountTokens(userId, session);
      });
      mailer.post('password-was-reset', async () => passwordWasResetMail(email));
      return user;
    },
  };
}
