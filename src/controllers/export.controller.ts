import type { Request } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import type { UserFields } from '../models/user.model';
import { audited } from '../services/audit.service';
import { createAccountExport } from '../services/export/account-export.service';
import { whileNoOtherExport } from '../services/export/export-lease';
import { createLoginGuard } from '../services/login-guard.service';
import { createPasswordService } from '../services/password.service';
import { requirePassword } from '../services/require-password';
import { createTwoFactorService } from '../services/two-factor.service';
import { asyncHandler } from '../utils/async-handler';
import { exportSchema } from '../validators/export.validator';

/** Handlers of /users/export. */
export function createExportController(dependencies: AppDependencies) {
  const { config, logger } = dependencies;
  const passwords = createPasswordService(config);
  const twoFactor = createTwoFactorService(dependencies);
  const loginGuard = createLoginGuard(dependencies);
  const accountExport = createAccountExport(dependencies);

  /** Whoever found an unlocked screen must not walk away with everything. */
  async function prove(request: Request): Promise<UserFields> {
    const { password, code } = inputOf(exportSchema, request).body;
    const userId = viewerOf(request);
    const guess = { userId, ip: request.ip ?? '' };
    return loginGuard.watch(guess, async () => {
      const account = await requirePassword(passwords, userId, { field: 'password', password });
      if (account.hasTwoFactor) await twoFactor.requireSecondFactor(userId, code);
      return account;
    });
  }

  return {
    send: asyncHandler(async (request, response) => {
      await whileNoOtherExport(viewerOf(request), logger, async () => {
        const account = await audited(request, 'account-export', () => prove(request));
        response.attachment(archiveName(account)).type('application/zip');
        await accountExport.write(account, response).catch(passOverHangUp);
      });
    }),
  };
}

function archiveName({ username }: UserFields): string {
  return `videotube-${username}-${new Date().toISOString().slice(0, 10)}.zip`;
}

/** A client that goes away in the middle has ended the export, and there is nobody left to tell. */
function passOverHangUp(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
}
