import type { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { runInTransaction } from '../db/run-in-transaction';
import { Session } from '../models/session.model';
import { User, type UserFields } from '../models/user.model';
import { ApiError } from '../utils/api-error';
import { voidAccountTokens } from './account-token.service';
import { passwordChangedMail } from './mail/account-mails';
import { isGuessable, type PasswordService } from './password.service';
import { requirePassword } from './require-password';
import { createTwoFactorService } from './two-factor.service';

interface PasswordChange {
  oldPassword: string;
  newPassword: string;
  /** The second factor, of an account that has one. */
  code?: string;
}

/** What a signed-in person may do only with the password once more. */
export interface AccountSecurity {
  /**
   * Changes the password and ends every session but the one that asks; links that were sent for
   * another password or another address are void, and the owner is told by mail.
   * @throws ApiError 400 WRONG_PASSWORD, TWO_FACTOR_* or VALIDATION_FAILED, 409 EDIT_CONFLICT
   */
  changePassword(
    userId: Types.ObjectId,
    change: PasswordChange,
    ownSession: Types.ObjectId,
  ): Promise<void>;
  /**
   * Asks for what a new email address needs: the password once the present one is confirmed, as
   * whoever reads the mails can choose a new password, and a code where there is two-factor. An address
   * that was never confirmed may be a slip of the pen.
   * @throws ApiError 400 VALIDATION_FAILED without a password, WRONG_PASSWORD or TWO_FACTOR_*
   */
  proveForNewEmail(
    account: UserFields,
    proof: { password?: string | undefined; code?: string | undefined },
  ): Promise<void>;
  /**
   * Deletes the account; everything that was its own is cleared away by a durable removal.
   * @throws ApiError 400 WRONG_PASSWORD or TWO_FACTOR_*, 409 EDIT_CONFLICT
   */
  deleteAccount(userId: Types.ObjectId, proof: { password: string; code?: string }): Promise<void>;
}

type SecurityDependencies = Pick<
  AppDependencies,
  'config' | 'mailer' | 'removals' | 'throttles'
> & {
  passwords: PasswordService;
};

export function createAccountSecurity(dependencies: SecurityDependencies): AccountSecurity {
  const { removals, passwords, mailer } = dependencies;
  const twoFactor = createTwoFactorService(dependencies);

  return {
    async changePassword(userId, { oldPassword, newPassword, code }, ownSession) {
      const user = await requirePassword(passwords, userId, {
        field: 'oldPassword',
        password: oldPassword,
      });
      if (isGuessable(newPassword, user)) {
        throw ApiError.invalidField(
          'newPassword',
          'newPassword must not be your name, username or email',
        );
      }
      // Last of the checks: a code is spent by being accepted.
      if (user.hasTwoFactor) await twoFactor.requireSecondFactor(userId, code);
      const password = await passwords.hash(newPassword);
      await runInTransaction(async (session) => {
        const { matchedCount } = await User.updateOne(
          proven(user),
          // Whoever asked for another address may be the one who is being locked out.
          { $set: { password }, $unset: { pendingEmail: true } },
          { session },
        );
        if (matchedCount === 0) throw changedMeanwhile();
        await Session.deleteMany({ user: userId, _id: { $ne: ownSession } }, { session });
        await voidAccountTokens(userId, session, ['reset-password', 'change-email']);
      });
      mailer.post('password-changed', async () => passwordChangedMail(user.email));
    },

    async proveForNewEmail({ _id, emailVerifiedAt, hasTwoFactor }, { password, code }) {
      if (!emailVerifiedAt && !hasTwoFactor) return;
      if (password === undefined) {
        const message = 'password is required to change a confirmed email';
        throw ApiError.invalidField('password', message, 'REQUIRED');
      }
      await requirePassword(passwords, _id, { field: 'password', password });
      if (hasTwoFactor) await twoFactor.requireSecondFactor(_id, code);
    },

    async deleteAccount(userId, { password, code }) {
      const user = await requirePassword(passwords, userId, { field: 'password', password });
      if (user.hasTwoFactor) await twoFactor.requireSecondFactor(userId, code);
      const removal = await runInTransaction(async (session) => {
        const deleted = await User.findOneAndDelete(proven(user), { session }).lean();
        if (!deleted) throw changedMeanwhile();
        await Session.deleteMany({ user: userId }, { session });
        const assets = [deleted.avatar, deleted.coverImage];
        return removals.schedule({ kind: 'account', target: userId, assets }, session);
      });
      await removals.run(removal);
    },
  };
}

/** The account as long as it has the password that was proven: comparing takes a while. */
function proven({ _id, password }: UserFields): { _id: Types.ObjectId; password: string } {
  return { _id, password };
}

function changedMeanwhile(): ApiError {
  return ApiError.conflict('Your password was changed at the same time; please try again', {
    code: 'EDIT_CONFLICT',
  });
}
