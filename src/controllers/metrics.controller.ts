import type { AppDependencies } from '../app-dependencies';
import { ApiError } from '../utils/api-error';
import { asyncHandler } from '../utils/async-handler';

/** Handler of /metrics: the text format of Prometheus. */
export function createMetricsController({ metrics }: Pick<AppDependencies, 'metrics'>) {
  return {
    answerMetrics: asyncHandler(async (_request, response) => {
      const page = await metrics.page().catch((error: unknown) => {
        throw ApiError.unavailable('The metrics are not complete; ask again', { cause: error });
      });
      response.setHeader('Content-Type', metrics.contentType);
      response.setHeader('Cache-Control', 'no-store');
      response.end(page);
    }),
  };
}
