import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createUserController } from '../controllers/user.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { noStore } from '../middlewares/no-store.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { uploadFields } from '../middlewares/upload.middleware';
import { validate } from '../middlewares/validate.middleware';
import {
  channelSchema,
  loginSchema,
  refreshTokenSchema,
  registerSchema,
} from '../validators/user.validator';

/** /api/v1/users, but for its history */
export function createUserRouter(dependencies: AppDependencies): Router {
  const { authenticate, authenticateOptional, authenticateEvenExpired } =
    createAuthentication(dependencies);
  const controller = createUserController(dependencies);
  const limit = createRateLimits(dependencies);
  const router = Router();

  router.post(
    '/register',
    limit.credentials('register'),
    uploadFields(dependencies, {
      avatar: { kind: 'image', required: true },
      coverImage: { kind: 'image' },
    }),
    validate(registerSchema),
    controller.register,
  );

  router.post(
    '/login',
    noStore,
    limit.credentials('login'),
    formFields(),
    validate(loginSchema),
    controller.login,
  );

  router.post('/logout', noStore, authenticateEvenExpired, limit.write, controller.logout);

  router.post(
    '/refresh-token',
    noStore,
    limit.credentials('refresh-token'),
    formFields(),
    validate(refreshTokenSchema),
    controller.refreshToken,
  );

  router.get('/current-user', authenticate, limit.read, controller.currentUser);

  router.get(
    '/c/:username',
    authenticateOptional,
    limit.read,
    validate(channelSchema),
    controller.channel,
  );

  return router;
}
