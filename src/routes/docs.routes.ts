import compression from 'compression';
import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createDocsController } from '../controllers/docs.controller';
import type { RouteDescription } from '../docs/describe-routes';

/**
 * /api/v1/openapi.json and /api/v1/docs
 * @param routes what is mounted, these two among it; asked on the first request
 */
export function createDocsRouter(
  dependencies: Pick<AppDependencies, 'config' | 'publicUrl'>,
  routes: () => RouteDescription[],
): Router {
  const controller = createDocsController(dependencies, routes);
  const router = Router();

  router.use(['/openapi.json', '/docs'], compression());
  router.get('/openapi.json', controller.sendDocument);
  router.get('/docs', controller.sendPage);
  router.use('/docs', controller.assets);

  return router;
}
