import { Router } from 'express';
import type { AppDependencies } from '../app-dependencies';
import { createMetricsController } from '../controllers/metrics.controller';
import { requireOperator } from '../middlewares/require-operator.middleware';

/** What monitoring reads. */
export function createMetricsRouter(dependencies: AppDependencies): Router {
  const controller = createMetricsController(dependencies);
  const router = Router();
  router.get('/', requireOperator(dependencies), controller.answerMetrics);
  return router;
}
