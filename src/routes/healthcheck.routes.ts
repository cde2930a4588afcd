import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { answerLiveness, createReadinessController } from '../controllers/healthcheck.controller';

/** Liveness: the process runs and answers. */
export function createHealthcheckRouter(): Router {
  const router = Router();
  router.get('/', answerLiveness);
  return router;
}

/** Readiness: the database and the media store answer too. */
export function createReadinessRouter(dependencies: AppDependencies): Router {
  const controller = createReadinessController(dependencies);
  const router = Router();
  router.get('/', controller.answerReadiness);
  return router;
}
