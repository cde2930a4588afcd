import type { Logger } from 'pino';
import type { Config } from '../config';
import { connectDatabase } from '../db/connect-database';
import type { RunningServer } from '../server';
import { requireWritableFolder } from '../utils/writable-folder';
import { answerMetricsOfWorkers } from './cluster-metrics';
import { createWorkerSlot, type WorkerSlot } from './worker-slot';

/** Above the deadline of answers: what a worker does after them, such as its last mails. */
const AFTER_DRAIN_MILLISECONDS = 5_000;

/**
 * Starts WEB_CONCURRENCY workers, each a whole server on the same port, and keeps their number. Serves
 * no HTTP itself; the embedded database, where there is no MONGODB_URI, runs here.
 * @returns the server that they are together
 * @throws BootError with one clear sentence when a first worker cannot start
 */
export async function startPrimary(config: Config, logger: Logger): Promise<RunningServer> {
  await requireWritableFolder('DATA_DIR', config.dataDir);
  const database =
    config.mongodbUri === undefined ? await connectDatabase(config, logger) : undefined;
  answerMetricsOfWorkers();
  const slots = Array.from({ length: config.webConcurrency }, (_value, index) =>
    createWorkerSlot(index + 1, logger),
  );
  const close = async (): Promise<void> => {
    try {
      await stopAll(slots, config);
    } finally {
      await database?.close();
    }
  };
  try {
    const [first, ...others] = slots;
    // The first alone prepares the database, and what keeps it from starting is said once.
    const address = await first!.start();
    await Promise.all(others.map((slot) => slot.start()));
    logger.info({ workers: slots.length }, 'workers are serving');
    let stopping: Promise<void> | undefined;
    return { ...address, stop: () => (stopping ??= close()) };
  } catch (error) {
    await close().catch((reason: unknown) => logger.error({ err: reason }, 'could not clean up'));
    throw error;
  }
}

async function stopAll(
  slots: readonly WorkerSlot[],
  { shutdownDeadlineSeconds }: Pick<Config, 'shutdownDeadlineSeconds'>,
): Promise<void> {
  // Answers have the deadline, and mails that wait have it once more.
  const patience = 2 * shutdownDeadlineSeconds * 1000 + AFTER_DRAIN_MILLISECONDS;
  const ended = await Promise.all(slots.map((slot) => slot.stop(patience)));
  const failed = ended.filter((endedWell) => !endedWell).length;
  if (failed > 0) throw new Error(`${failed} of ${slots.length} workers did not stop cleanly`);
}
