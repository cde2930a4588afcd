import type { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { runInTransaction } from '../db/run-in-transaction';
import { Session } from '../models/session.model';
import { User, type UserFields } from '../models/user.model';
import { ApiError } from '../utils/api-error';
import { isGuessable, type PasswordService } from './password.service';
import { requirePassword } from './require-password';

interface PasswordChange {
  oldPassword: string;
  newPassword: string;
}

/** What a signed-in person may do only with the password once more. */
export interface AccountSecurity {
  /**
   * Changes the password and ends every session but the one that asks.
   * @throws ApiError 400 WRONG_PASSWORD or VALIDATION_FAILED, 409 EDIT_CONFLICT
   */
  changePassword(
    userId: Types.ObjectId,
    change: PasswordChange,
    ownSession: Types.ObjectId,
  ): Promise<void>;
  /**
   * Deletes the account; everything that was its own is cleared away by a durable removal.
   * @throws ApiError 400 WRONG_PASSWORD, 409 EDIT_CONFLICT
   */
  deleteAccount(userId: Types.ObjectId, password: string): Promise<void>;
}

type SecurityDependencies = Pick<AppDependencies, 'removals'> & { passwords: PasswordService };

export function createAccountSecurity({
  removals,
  passwords,
}: SecurityDependencies): AccountSecurity {
  return {
    async changePassword(userId, { oldPassword, newPassword }, ownSession) {
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
      const password = await passwords.hash(newPassword);
      await runInTransaction(async (session) => {
        const { matchedCount } = await User.updateOne(
          proven(user),
          { $set: { password } },
          { session },
        );
        if (matchedCount === 0) throw changedMeanwhile();
        await Session.deleteMany({ user: userId, _id: { $ne: ownSession } }, { session });
      });
    },

    async deleteAccount(userId, password) {
      const user = await requirePassword(passwords, userId, { field: 'password', password });
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
