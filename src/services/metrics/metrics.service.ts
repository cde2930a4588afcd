import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Logger } from 'pino';
import { shareMetrics } from '../../cluster/cluster-metrics';
import type { Config } from '../../config';
import type { DatabaseHandle } from '../../db/connect-database';
import { addDatabaseMetrics } from './database-metrics';
import { createHttpMetrics, type HttpMetrics } from './http-metrics';
import { addWorkMetrics } from './work-metrics';

/** Counts what this process does, for Prometheus. */
export interface Metrics {
  readonly http: HttpMetrics;
  readonly contentType: string;
  /**
   * The page as of now; of a worker, that of all workers that answer.
   * @throws Error when the primary process does not answer within seconds
   */
  page(): Promise<string>;
}

export interface MetricsDependencies {
  config: Pick<Config, 'workerNumber'>;
  logger: Logger;
  /** Absent where there is none, such as for an app that is only described. */
  database?: Pick<DatabaseHandle, 'kind' | 'pool' | 'ping'>;
}

/**
 * Metrics of one server in a registry of its own. Of workers, requests and connections are added up,
 * and what belongs to a process, such as its memory and the lag of its event loop, says whose it is.
 */
export function createMetrics({ config, logger, database }: MetricsDependencies): Metrics {
  const shared = new Registry();
  const own = new Registry();
  const http = createHttpMetrics(shared);
  if (database) {
    addDatabaseMetrics(shared, database);
    addWorkMetrics(shared, logger);
    collectDefaultMetrics({ register: own });
  }
  const { workerNumber } = config;
  if (workerNumber !== undefined) own.setDefaultLabels({ worker: String(workerNumber) });
  return {
    http,
    contentType: shared.contentType,
    page:
      workerNumber === undefined
        ? () => Registry.merge([shared, own]).metrics()
        : shareMetrics([shared, own]),
  };
}
