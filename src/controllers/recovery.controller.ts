import type { AppDependencies } from '../app-dependencies';
import { viewerOf } from '../middlewares/authenticate.middleware';
import { inputOf } from '../middlewares/validate.middleware';
import { audit, auditFailure } from '../services/audit.service';
import { createEmailAddresses } from '../services/email-address.service';
import { createPasswordReset } from '../services/password-reset.service';
import { createPasswordService } from '../services/password.service';
import { afterAnswer } from '../utils/after-answer';
import { sendResponse } from '../utils/api-response';
import { asyncHandler } from '../utils/async-handler';
import {
  forgotPasswordSchema,
  resetPasswordSchema,
  verifyEmailSchema,
} from '../validators/recovery.validator';

/** Handlers of what is done by mail: a forgotten password, and proving an address. */
export function createRecoveryController(dependencies: AppDependencies) {
  const passwords = createPasswordService(dependencies.config);
  const passwordReset = createPasswordReset({ ...dependencies, passwords });
  const emailAddresses = createEmailAddresses(dependencies);

  return {
    forgotPassword: asyncHandler(async (request, response) => {
      const { email } = inputOf(forgotPasswordSchema, request).body;
      await passwordReset.admit(email);
      const origin = { logger: request.log, requestId: request.id, ip: request.ip };
      afterAnswer(response, () => passwordReset.send(email, origin));
      sendResponse(response, 200, {}, 'If somebody has this address, a mail is on its way to it');
    }),

    resetPassword: asyncHandler(async (request, response) => {
      const { body } = inputOf(resetPasswordSchema, request);
      const { _id } = await passwordReset
        .reset(body)
        // Somebody who tries tokens shows in the audit trail.
        .catch(auditFailure(request, 'password-reset'));
      audit(request, 'password-reset', { userId: _id });
      sendResponse(response, 200, {}, 'Password changed; please sign in with it');
    }),

    verifyEmail: asyncHandler(async (request, response) => {
      const { token } = inputOf(verifyEmailSchema, request).body;
      const { userId, email, changed } = await emailAddresses
        .confirm(token)
        .catch(auditFailure(request, 'email-verified'));
      audit(request, changed ? 'email-change' : 'email-verified', { userId });
      sendResponse(response, 200, { email }, `${email} is confirmed`);
    }),

    resendVerification: asyncHandler(async (request, response) => {
      const email = await emailAddresses.resend(viewerOf(request));
      sendResponse(response, 200, { email }, `A mail is on its way to ${email}`);
    }),
  };
}
