import type { RequestHandler } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { sessionOf, viewerOf } from '../middlewares/authenticate.middleware';
import { requiredFile } from '../middlewares/upload.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import type { UserFields } from '../models/user.model';
import { presentAccount } from '../presenters/user.presenter';
import { createAccountSecurity } from '../services/account-security.service';
import { audit, audited } from '../services/audit.service';
import { createEmailAddresses } from '../services/email-address.service';
import { createLoginGuard } from '../services/login-guard.service';
import type { PasswordService } from '../services/password.service';
import { replacePicture, updateProfile } from '../services/profile.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { clearTokenCookies } from '../utils/token-cookies';
import {
  changePasswordSchema,
  deleteAccountSchema,
  updateAccountSchema,
} from '../validators/account.validator';

/** Handlers of /users that change or end the caller's own account. */
export function createAccountController(
  dependencies: AppDependencies & { passwords: PasswordService },
) {
  const { config, publicUrl } = dependencies;
  const security = createAccountSecurity(dependencies);
  const emailAddresses = createEmailAddresses(dependencies);
  const loginGuard = createLoginGuard(dependencies);

  const replace = (field: 'avatar' | 'coverImage', message: string): RequestHandler =>
    asyncHandler(async (request, response) => {
      const file = requiredFile(request, field);
      const user = await replacePicture(dependencies, viewerOf(request), field, file);
      sendResponse(response, 200, presentAccount(user, publicUrl()), message);
    });

  return {
    changePassword: asyncHandler(async (request, response) => {
      const { body } = inputOf(changePasswordSchema, request);
      const userId = viewerOf(request);
      const guess = { userId, ip: request.ip ?? '' };
      await audited(request, 'password-change', () =>
        loginGuard.watch(guess, () => security.changePassword(userId, body, sessionOf(request))),
      );
      sendResponse(response, 200, {}, 'Password changed; other devices are signed out');
    }),

    update: asyncHandler(async (request, response) => {
      const { email, password, code, ...profile } = inputOf(updateAccountSchema, request).body;
      const userId = viewerOf(request);
      const guess = { userId, ip: request.ip ?? '' };
      const prove = (account: UserFields): Promise<void> =>
        loginGuard.watch(guess, () => security.proveForNewEmail(account, { password, code }));
      const user = await (email === undefined
        ? updateProfile(userId, profile)
        : emailAddresses.change(userId, email, profile, prove));
      const waits = email !== undefined && email === user.pendingEmail;
      if (waits) audit(request, 'email-change-requested');
      sendResponse(
        response,
        200,
        presentAccount(user, publicUrl()),
        `Account updated${waits ? `; please confirm ${email} by the mail sent there` : ''}`,
      );
    }),

    updateAvatar: replace('avatar', 'Avatar updated'),

    updateCoverImage: replace('coverImage', 'Cover image updated'),

    remove: asyncHandler(async (request, response) => {
      const { body } = inputOf(deleteAccountSchema, request);
      const userId = viewerOf(request);
      const guess = { userId, ip: request.ip ?? '' };
      await audited(request, 'account-deleted', () =>
        loginGuard.watch(guess, () => security.deleteAccount(userId, body)),
      );
      clearTokenCookies(response, config);
      sendResponse(response, 200, {}, 'Account deleted');
    }),
  };
}
