import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createAppPagesController } from '../controllers/app-pages.controller';

/**
 * The page for people: its files below /app, and the document at every address in APP_PATHS. A
 * program that does not ask for HTML finds nothing there.
 */
export function createAppPagesRouter(dependencies: Pick<AppDependencies, 'publicUrl'>): Router {
  const controller = createAppPagesController(dependencies);
  // Strict, so that each address is one address.
  const router = Router({ strict: true, caseSensitive: true });

  router.use('/app/vendor', controller.vendor);
  router.use('/app', controller.assets);
  router.use(controller.page);

  return router;
}
