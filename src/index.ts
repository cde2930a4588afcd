import dotenv from 'dotenv';
import { ConfigError, loadConfig } from './config';
import { API_PREFIX } from './constants';
import { startServer, type RunningServer } from './server';
import { BootError } from './utils/boot-error';
import { createLogger } from './utils/logger';

dotenv.config({ quiet: true });

async function main(): Promise<void> {
  const notices: string[] = [];
  const config = loadConfig(process.env, (notice) => notices.push(notice));
  const logger = createLogger(config);
  for (const notice of notices) logger.info(notice);
  const starting = startServer(config, { logger });
  stopOnSignal(starting, logger);
  const { url, port } = await starting;
  logger.info(
    { url, port, api: `${url}${API_PREFIX}`, dataDir: config.dataDir },
    `VideoTube serves ${url}${API_PREFIX} and keeps its data in ${config.dataDir}`,
  );
}

/** Drains on SIGTERM and Ctrl-C, also while still starting, and lets the process end with 0. */
function stopOnSignal(
  starting: Promise<RunningServer>,
  logger: ReturnType<typeof createLogger>,
): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    // npm passes Ctrl-C on although the terminal has sent it already: once is enough.
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'stopping');
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
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** One line that says what to change; a stack only for what we did not foresee. */
function describeFailure(error: unknown): string {
  if (error instanceof ConfigError || error instanceof BootError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`VideoTube cannot start: ${describeFailure(error)}\n`);
  process.exit(1);
});
