import { Counter, Gauge, type Registry } from 'prom-client';
import type { DatabaseHandle } from '../../db/connect-database';
import { withPatience } from '../../utils/with-patience';

/** Less than workers have for their metrics: that it does not answer is to be on the page. */
const ANSWER_MILLISECONDS = 1_000;

/** What this process has to do with the database. */
export function addDatabaseMetrics(
  registry: Registry,
  { kind, pool, ping }: Pick<DatabaseHandle, 'kind' | 'pool' | 'ping'>,
): void {
  const registers = [registry];
  new Gauge({
    name: 'videotube_database_up',
    help: 'Whether the database answers (1) or not (0), by the kind of database',
    labelNames: ['kind'],
    // Of several workers that ask at once, the one that gets no answer is the news.
    aggregator: 'min',
    registers,
    async collect() {
      const answer = ping().then(
        () => 1,
        () => 0,
      );
      const isUp = (await withPatience(answer, ANSWER_MILLISECONDS)) ?? 0;
      this.set({ kind }, isUp);
    },
  });
  new Gauge({
    name: 'videotube_database_connections',
    help: 'Connections of the driver, by what they are at',
    labelNames: ['state'],
    registers,
    collect() {
      this.set({ state: 'in_use' }, pool.inUse);
      this.set({ state: 'idle' }, pool.open - pool.inUse);
    },
  });
  new Gauge({
    name: 'videotube_database_operations_waiting',
    help: 'Operations that wait for a connection',
    registers,
    collect() {
      this.set(pool.waiting);
    },
  });
  new Counter({
    name: 'videotube_database_checkouts_failed_total',
    help: 'Operations that got no connection',
    registers,
    collect() {
      this.reset();
      this.inc(pool.failedCheckouts);
    },
  });
}
