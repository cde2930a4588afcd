import cluster from 'node:cluster';
import dotenv from 'dotenv';
import type { Logger } from 'pino';
import { startPrimary } from './cluster/primary';
import { tellPrimary } from './cluster/worker-messages';
import { ConfigError, loadConfig, type Config } from './config';
import { API_PREFIX } from './constants';
import { startServer, type RunningServer } from './server';
import { BootError } from './utils/boot-error';
import { letHeapGrow } from './utils/garbage-collection';
import { createLogger } from './utils/logger';

const PARENT_POLL_MILLISECONDS = 500;

dotenv.config({ quiet: true });
letHeapGrow();

async function main(): Promise<void> {
  const notices: string[] = [];
  const config = loadConfig(process.env, (notice) => notices.push(notice));
  const logger = createLogger(config);
  for (const notice of notices) logger.info(notice);
  const starting = start(config, logger);
  const stop = createStop(starting, logger);
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const isWorker = config.workerNumber !== undefined;
  if (isWorker) onPrimaryGone(config, () => stop('the end of the primary process'));
  else if (config.stopWithParent) onParentGone(() => stop('the end of npm'));
  const { url, port } = await starting;
  if (isWorker) {
    await tellPrimary({ type: 'videotube:ready', url, port });
    return;
  }
  logger.info(
    { url, port, api: `${url}${API_PREFIX}`, dataDir: config.dataDir },
    `VideoTube serves browsers at ${url}, programs at ${url}${API_PREFIX}; its data are in ${config.dataDir}`,
  );
}

function start(config: Config, logger: Logger): Promise<RunningServer> {
  const isPrimary = config.webConcurrency > 1 && config.workerNumber === undefined;
  return isPrimary ? startPrimary(config, logger) : startServer(config, { logger });
}

/** Drains, also while still starting, and ends the process: with 0, unless stopping failed. */
function createStop(starting: Promise<RunningServer>, logger: Logger): (reason: string) => void {
  let stopping = false;
  return (reason) => {
    // npm passes Ctrl-C on although the terminal has sent it already: once is enough.
    if (stopping) return;
    stopping = true;
    logger.info({ reason }, 'stopping');
    starting
      .then((server) => server.stop())
      .then(
        () => logger.info('stopped'),
        (error: unknown) => {
          logger.error({ err: error }, 'could not stop cleanly');
          process.exitCode = 1;
        },
      )
      .finally(() => logger.flush(() => process.exit()));
  };
}

/**
 * npm starts us through a shell. A SIGTERM to npm kills that shell, and many shells do not pass it
 * on: without this, the server would live on unseen and hold its port and its data folder.
 */
function onParentGone(listener: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    listener();
  }, PARENT_POLL_MILLISECONDS);
  timer.unref();
}

/**
 * Node ends a worker at once when its primary is gone, unless the worker was to leave. Ours drains,
 * unless the embedded database has gone with the primary: then nothing is left to drain into.
 */
function onPrimaryGone(config: Config, listener: () => void): void {
  const { worker } = cluster;
  if (config.mongodbUri === undefined) return;
  worker?.once('disconnect', () => {
    worker.exitedAfterDisconnect = true;
    // Nobody is there any more to end a worker that hangs.
    const deadline = 2 * config.shutdownDeadlineSeconds * 1000;
    setTimeout(() => process.exit(1), deadline).unref();
    listener();
  });
}

/** One line that says what to change; a stack only for what we did not foresee. */
function describeFailure(error: unknown): string {
  if (error instanceof ConfigError || error instanceof BootError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch(async (error: unknown) => {
  const reason = describeFailure(error);
  // The primary says it, once for all.
  if (cluster.isWorker) await tellPrimary({ type: 'videotube:failed', reason });
  else process.stderr.write(`VideoTube cannot start: ${reason}\n`);
  process.exit(1);
});
