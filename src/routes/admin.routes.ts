import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createAdminController } from '../controllers/admin.controller';
import { createAuthentication } from '../middlewares/authenticate.middleware';
import { formFields } from '../middlewares/body.middleware';
import { createRateLimits } from '../middlewares/rate-limit.middleware';
import { requireRole } from '../middlewares/require-role.middleware';
import { validate } from '../middlewares/validate.middleware';
import { changeRoleSchema, listAccountsSchema } from '../validators/admin.validator';

/** /api/v1/admin */
export function createAdminRouter(dependencies: AppDependencies): Router {
  const { authenticate } = createAuthentication(dependencies);
  const limit = createRateLimits(dependencies);
  const controller = createAdminController(dependencies);
  const admin = [authenticate, requireRole('admin')];
  const router = Router();

  router.get('/users', admin, limit.read, validate(listAccountsSchema), controller.listAccounts);
  router.patch(
    '/users/:userId/role',
    admin,
    limit.write,
    formFields(),
    validate(changeRoleSchema),
    controller.changeRole,
  );

  return router;
}
