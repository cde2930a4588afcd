import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createTwoFactorController } from '../controllers/two-factor.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { noStore } from '../middlewares/no-store.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { validate } from '../middlewares/validate.middleware';
import {
  beginTwoFactorSchema,
  confirmTwoFactorSchema,
  provenTwice,
} from '../validators/two-factor.validator';

/** /api/v1/users/two-factor */
export function createTwoFactorRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const controller = createTwoFactorController(dependencies);
  const limit = createRateLimits(dependencies);
  const router = Router();
  // Every answer: some hold a secret that is told only once.
  router.use(noStore);

  router.get('/', authenticate, limit.read, controller.status);

  router.post(
    '/',
    authenticate,
    limit.credentials('two-factor'),
    formFields(),
    validate(beginTwoFactorSchema),
    controller.begin,
  );

  router.post(
    '/confirm',
    authenticate,
    limit.credentials('two-factor'),
    formFields(),
    validate(confirmTwoFactorSchema),
    controller.confirm,
  );

  router.post(
    '/recovery-codes',
    authenticate,
    limit.credentials('two-factor'),
    formFields(),
    validate(provenTwice),
    controller.renewRecoveryCodes,
  );

  router.delete(
    '/',
    authenticate,
    limit.credentials('two-factor'),
    formFields(),
    validate(provenTwice),
    controller.disable,
  );

  return router;
}
