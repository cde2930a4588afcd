import { Router, type RequestHandler } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createUserController } from '../controllers/user.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { noStore } from '../middlewares/no-store.middleware';
import { throttle } from '../middlewares/throttle.middleware';
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
  const { config } = dependencies;
  const { authenticate, authenticateOptional, authenticateEvenExpired } =
    createAuthentication(dependencies);
  const controller = createUserController(dependencies);
  const perAddress = (name: string): RequestHandler =>
    throttle(dependencies, {
      name,
      points: config.credentialAttemptsPerMinute,
      durationSeconds: 60,
    });
  const router = Router();

  router.post(
    '/register',
    perAddress('register'),
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
    perAddress('login'),
    formFields(),
    validate(loginSchema),
    controller.login,
  );

  router.post('/logout', noStore, authenticateEvenExpired, controller.logout);

  router.post(
    '/refresh-token',
    noStore,
    perAddress('refresh-token'),
    formFields(),
    validate(refreshTokenSchema),
    controller.refreshToken,
  );

  router.get('/current-user', authenticate, controller.currentUser);

  router.get('/c/:username', authenticateOptional, validate(channelSchema), controller.channel);

  return router;
}
