import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createRecoveryController } from '../controllers/recovery.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { noStore } from '../middlewares/no-store.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import {
  forgotPasswordSchema,
  resetPasswordSchema,
  verifyEmailSchema,
} from '../validators/recovery.validator';

/** /api/v1/users: what is done by mail */
export function createRecoveryRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const controller = createRecoveryController(dependencies);
  const limit = createRateLimits(dependencies);
  const router = Router();

  router.post(
    '/forgot-password',
    noStore,
    limit.credentials('forgot-password'),
    formFields(),
    validate(forgotPasswordSchema),
    controller.forgotPassword,
  );

  router.post(
    '/reset-password',
    noStore,
    limit.credentials('reset-password'),
    formFields(),
    validate(resetPasswordSchema),
    controller.resetPassword,
  );

  router.post(
    '/verify-email',
    noStore,
    limit.credentials('verify-email'),
    formFields(),
    validate(verifyEmailSchema),
    controller.verifyEmail,
  );

  router.post(
    '/verify-email/resend',
    authenticate,
    limit.credentials('resend-verification'),
    controller.resendVerification,
  );

  return router;
}
