import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createAccountController } from '../controllers/account.controller';
import { createUserController } from '../controllers/user.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { noStore } from '../middlewares/no-store.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { uploadFields } from '../middlewares/upload.middleware';
import { uploadSlot } from '../middlewares/upload-slot.middleware';
import { validate } from '../middlewares/validate.middleware';
import { createPasswordService } from '../services/password.service';
import {
  changePasswordSchema,
  deleteAccountSchema,
  pictureSchema,
  updateAccountSchema,
} from '../validators/account.validator';
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
  const passwords = createPasswordService(dependencies.config);
  const controller = createUserController({ ...dependencies, passwords });
  const account = createAccountController({ ...dependencies, passwords });
  const limit = createRateLimits(dependencies);
  const slot = uploadSlot(dependencies);
  const router = Router();

  router.post(
    '/register',
    noStore,
    limit.credentials('register'),
    slot,
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

  router.delete(
    '/current-user',
    authenticate,
    limit.credentials('delete-account'),
    formFields(),
    validate(deleteAccountSchema),
    account.remove,
  );

  router.post(
    '/change-password',
    noStore,
    authenticate,
    limit.credentials('change-password'),
    formFields(),
    validate(changePasswordSchema),
    account.changePassword,
  );

  router.patch(
    '/update-account',
    authenticate,
    limit.write,
    formFields(),
    validate(updateAccountSchema),
    account.update,
  );

  const updateAvatar = [
    authenticate,
    limit.upload,
    slot,
    uploadFields(dependencies, { avatar: { kind: 'image', required: true } }),
    validate(pictureSchema),
    account.updateAvatar,
  ];
  router.patch('/avatar', updateAvatar);
  router.patch('/update-avatar', updateAvatar);

  const updateCoverImage = [
    authenticate,
    limit.upload,
    slot,
    uploadFields(dependencies, { coverImage: { kind: 'image', required: true } }),
    validate(pictureSchema),
    account.updateCoverImage,
  ];
  router.patch('/cover-image', updateCoverImage);
  router.patch('/update-cover-image', updateCoverImage);

  router.get(
    '/c/:username',
    authenticateOptional,
    limit.read,
    validate(channelSchema),
    controller.channel,
  );

  return router;
}
