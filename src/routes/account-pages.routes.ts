import { Router } from 'express';
import { createAccountPagesController } from '../controllers/account-pages.controller';

/** The path of the pages to which mails link; a frontend at APP_URL has its own under the same. */
export const ACCOUNT_PAGES_PATH = '/account';

/** /account: pages that finish what a mail began, for those who have no other frontend */
export function createAccountPagesRouter(): Router {
  const controller = createAccountPagesController();
  // Strict, as the pages name their files relative to /account/.
  const router = Router({ strict: true });

  router.get('/verify-email', controller.verifyEmail);
  router.get('/reset-password', controller.resetPassword);
  router.use('/assets', controller.assets);

  return router;
}
