import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { BootError } from '../utils/boot-error';
import { readWorkerMessage } from './worker-messages';

const FIRST_DELAY_MILLISECONDS = 500;
const LONGEST_DELAY_MILLISECONDS = 30_000;
/** Who lived as long has not failed at its start. */
const HEALTHY_MILLISECONDS = 60_000;

/** Where a worker serves. */
export interface ServingAddress {
  url: string;
  port: number;
}

/** One of the places for workers; whoever holds it has its number. */
export interface WorkerSlot {
  /**
   * Starts the first worker.
   * @returns where it serves
   * @throws BootError when it cannot start
   */
  start(): Promise<ServingAddress>;
  /**
   * Asks the worker to drain, and starts no other.
   * @param patienceMilliseconds after these it is killed
   * @returns whether it ended by itself, with the exit code 0
   */
  stop(patienceMilliseconds: number): Promise<boolean>;
}

/** @param number from 1 */
export function createWorkerSlot(number: number, logger: Logger): WorkerSlot {
  let worker: Worker | undefined;
  let restart: NodeJS.Timeout | undefined;
  let failures = 0;
  let started = false;
  let stopping = false;

  /** @param facts how the worker ended */
  function startAnother(launchedAt: number, facts: object): void {
    worker = undefined;
    if (stopping || !started) return;
    failures = Date.now() - launchedAt < HEALTHY_MILLISECONDS ? failures + 1 : 0;
    const delay = restartDelay(failures);
    logger.error({ worker: number, ...facts, delay }, 'a worker ended; starting another');
    restart = setTimeout(relaunch, delay);
  }

  /** A machine that has no memory or no process left for a worker may have them again later. */
  function relaunch(): void {
    const launchedAt = Date.now();
    try {
      launch();
    } catch (error) {
      startAnother(launchedAt, { err: error });
    }
  }

  function launch(): Worker {
    const launchedAt = Date.now();
    const launched = cluster.fork({ videotube_worker_number: String(number) });
    worker = launched;
    launched.once('exit', (code: number, signal: string | null) => {
      startAnother(launchedAt, { code, signal });
    });
    launched.on('error', (error: Error) => {
      // One that never ran has no number, and will not tell of its end.
      if (launched.process.pid === undefined) startAnother(launchedAt, { err: error });
      else logger.warn({ worker: number, err: error }, 'a worker could not be told something');
    });
    launched.on('message', (message: unknown) => {
      const told = readWorkerMessage(message);
      if (told?.type === 'videotube:failed' && started) {
        logger.error({ worker: number, reason: told.reason }, 'a worker could not start');
      }
      if (told?.type === 'videotube:ready' && started) {
        logger.info({ worker: number }, 'a worker has been started again');
      }
    });
    return launched;
  }

  return {
    async start() {
      const address = await untilReady(launch(), number);
      started = true;
      return address;
    },

    async stop(patienceMilliseconds) {
      stopping = true;
      clearTimeout(restart);
      if (!worker) return true;
      return drain(worker, patienceMilliseconds);
    },
  };
}

function untilReady(worker: Worker, number: number): Promise<ServingAddress> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: unknown) => {
      const told = readWorkerMessage(message);
      if (told?.type === 'videotube:ready') resolve({ url: told.url, port: told.port });
      if (told?.type === 'videotube:failed') reject(new BootError(told.reason));
    });
    worker.once('error', (error: Error) => {
      reject(new BootError(`Worker ${number} cannot be started: ${error.message}`, error));
    });
    worker.once('exit', (code: number, signal: string | null) => {
      reject(new BootError(`Worker ${number} ended before it served (${signal ?? code})`));
    });
  });
}

async function drain(worker: Worker, patienceMilliseconds: number): Promise<boolean> {
  const ended = new Promise<boolean>((resolve) => {
    worker.once('exit', (code: number) => resolve(code === 0));
  });
  const deadline = setTimeout(() => worker.process.kill('SIGKILL'), patienceMilliseconds);
  // Not `worker.kill()`, which cuts the channel and, with it, requests in flight.
  worker.process.kill('SIGTERM');
  const endedWell = await ended;
  clearTimeout(deadline);
  return endedWell;
}

/** Twice as long after each failure, up to half a minute: what fails at once must not spin. */
function restartDelay(failures: number): number {
  if (failures === 0) return 0;
  return Math.min(FIRST_DELAY_MILLISECONDS * 2 ** (failures - 1), LONGEST_DELAY_MILLISECONDS);
}
