import type { Request } from 'express';
import type { Types } from 'mongoose';
import type { AppDependencies } from '../app-dependencies';
import { sessionOf, viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { audited, type AuditEvent } from '../services/audit.service';
import { createLoginGuard } from '../services/login-guard.service';
import { createPasswordService } from '../services/password.service';
import { requirePassword } from '../services/require-password';
import { createTwoFactorService } from '../services/two-factor.service';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import { twoFactorIsOn } from '../utils/two-factor-errors';
import {
  beginTwoFactorSchema,
  confirmTwoFactorSchema,
  provenTwice,
} from '../validators/two-factor.validator';

/** Handlers of /users/two-factor. */
export function createTwoFactorController(dependencies: AppDependencies) {
  const passwords = createPasswordService(dependencies.config);
  const twoFactor = createTwoFactorService(dependencies);
  const loginGuard = createLoginGuard(dependencies);

  /** Wrong passwords and wrong codes count alike, and only an attempt that had both right forgets them. */
  function guarded<T>(request: Request, attempt: () => Promise<T>): Promise<T> {
    return loginGuard.watch({ userId: viewerOf(request), ip: request.ip ?? '' }, attempt);
  }

  /** What needs the password and a code, and leaves a line in the audit trail. */
  function provenTwiceOver<T>(
    request: Request,
    event: AuditEvent,
    act: (userId: Types.ObjectId, code: string) => Promise<T>,
  ): Promise<T> {
    const { password, code } = inputOf(provenTwice, request).body;
    const userId = viewerOf(request);
    return audited(request, event, () =>
      guarded(request, async () => {
        await requirePassword(passwords, userId, { field: 'password', password });
        return act(userId, code);
      }),
    );
  }

  return {
    status: asyncHandler(async (request, response) => {
      sendResponse(response, 200, await twoFactor.status(viewerOf(request)), 'Two-factor status');
    }),

    begin: asyncHandler(async (request, response) => {
      const { body } = inputOf(beginTwoFactorSchema, request);
      const enrolment = await guarded(request, async () => {
        const user = await requirePassword(passwords, viewerOf(request), {
          field: 'password',
          password: body.password,
        });
        // Inside: otherwise the password alone would make the guard forget wrong codes.
        if (user.hasTwoFactor) throw twoFactorIsOn();
        return twoFactor.begin(user);
      });
      sendResponse(response, 200, enrolment, 'Add the secret to your app, then confirm its code');
    }),

    confirm: asyncHandler(async (request, response) => {
      const { body } = inputOf(confirmTwoFactorSchema, request);
      const recoveryCodes = await audited(request, 'two-factor-enabled', () =>
        twoFactor.confirm(viewerOf(request), body.code, sessionOf(request)),
      );
      const message = 'Two-factor authentication is on; other devices are signed out';
      sendResponse(response, 200, { recoveryCodes }, message);
    }),

    renewRecoveryCodes: asyncHandler(async (request, response) => {
      const recoveryCodes = await provenTwiceOver(
        request,
        'recovery-codes-replaced',
        (userId, code) => twoFactor.renewRecoveryCodes(userId, code),
      );
      sendResponse(response, 200, { recoveryCodes }, 'The former recovery codes are void');
    }),

    disable: asyncHandler(async (request, response) => {
      await provenTwiceOver(request, 'two-factor-disabled', (userId, code) =>
        twoFactor.disable(userId, code),
      );
      sendResponse(response, 200, {}, 'Two-factor authentication is off');
    }),
  };
}
