import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import mongoose from 'mongoose';
import type { Logger } from 'pino';
import { createApp } from './app';
import type { Config } from './config';
import { createHttpServer } from './http-server';
import { MEDIA_JOB_KINDS, type MediaJobKind } from './models/media-job.model';
import { createMediaJobs, type JobTimes } from './services/jobs/media-jobs.service';
import { namesNeededByJobs, readSpoolId } from './services/jobs/spool';
import { createMailTransport } from './services/mail/create-mail-transport';
import { createMailer } from './services/mail/mailer';
import { createMediaStore } from './services/media/create-media-store';
import type { MediaStore } from './services/media/media-store';
import { endIdleProbes } from './services/media/probe';
import { sweepTempDir } from './services/media/temp-files';
import { createMetrics } from './services/metrics/metrics.service';
import { openDatabase } from './services/migrations/open-database';
import { createRemovals } from './services/removal/removal.service';
import { createThrottles } from './services/throttle.service';
import { createUploads } from './services/uploads/upload.service';
import { resealSecrets } from './services/two-factor/reseal-secrets';
import { createViewBuffer } from './services/view-buffer';
import { BootError } from './utils/boot-error';
import { createLogger } from './utils/logger';
import type { TimeLimits } from './utils/slow-clients';
import { withPatience } from './utils/with-patience';
import { requireWritableFolder } from './utils/writable-folder';

const DRAIN_POLL_MILLISECONDS = 50;

export interface RunningServer {
  /** `http://localhost:<port>`, or PUBLIC_URL; without a trailing slash. */
  readonly url: string;
  readonly port: number;
  /** Finishes what is in flight within the deadline, then closes everything. Safe to call twice. */
  stop(): Promise<void>;
}

export interface ServerOverrides {
  logger?: Logger;
  mediaStore?: MediaStore;
  timeLimits?: Partial<TimeLimits>;
  jobTimes?: Partial<JobTimes>;
}

/**
 * Starts the whole product: folders, database, media store, then the listening socket.
 * @throws BootError with one clear sentence; whatever was opened before the failure is closed again
 */
export async function startServer(
  config: Config,
  overrides: ServerOverrides = {},
): Promise<RunningServer> {
  const logger = overrides.logger ?? createLogger(config);
  await requireWritableFolder('DATA_DIR', config.dataDir);
  await requireWritableFolder('the upload folder', config.tempDir);
  await requireWritableFolder('the folder of resumable uploads', config.uploadsDir);
  const spool = await readSpoolId(config.dataDir);
  const isWorker = config.workerNumber !== undefined;
  const database = await openDatabase(config, logger, isWorker ? 'worker' : 'server');
  try {
    await sweepTempDir(config.tempDir, logger, { spool, neededNames: namesNeededByJobs });
    const mediaStore = overrides.mediaStore ?? (await createMediaStore(config, logger));
    await resealSecrets({ config, logger });
    const throttles = await createThrottles(mongoose.connection, logger);
    const mailer = createMailer({
      transport: createMailTransport(config, logger),
      logger,
      drainSeconds: config.shutdownDeadlineSeconds,
    });
    const views = createViewBuffer(config.viewFlushSeconds, logger);
    const removals = createRemovals({ mediaStore, logger });
    const times = overrides.jobTimes;
    // Of the workers of a machine, one does what the machine does once.
    const isFirst = (config.workerNumber ?? 1) === 1;
    const jobKinds: readonly MediaJobKind[] = isFirst ? MEDIA_JOB_KINDS : ['publish'];
    const jobs = createMediaJobs({ config, mediaStore, removals, logger, spool, times, jobKinds });
    const uploads = createUploads({ config, logger });
    const metrics = createMetrics({ config, logger, database });
    let publicUrl = config.publicUrl ?? '';
    const app = createApp({
      config,
      logger,
      mediaStore,
      throttles,
      mailer,
      views,
      removals,
      jobs,
      uploads,
      metrics,
      publicUrl: () => publicUrl,
      checkReadiness: async () => {
        await Promise.all([database.ping(), mediaStore.check()]);
        await database.checkMigrations();
      },
    });
    const server = await listen(createHttpServer(app, overrides.timeLimits), config.port);
    const { port } = server.address() as AddressInfo;
    publicUrl ||= `http://localhost:${port}`;
    logger.info({ database: database.kind, media: mediaStore.kind, port }, 'listening');
    let stopping: Promise<void> | undefined;
    removals.start();
    jobs.start();
    if (isFirst) uploads.start();
    const close = async (): Promise<void> => {
      const drained = drain(server, config.shutdownDeadlineSeconds);
      // Who waits for a job to be done gets an answer before the deadline: it goes on later.
      await withPatience(drained, (config.shutdownDeadlineSeconds * 1000) / 2);
      await jobs.stop();
      await drained;
      await endIdleProbes();
      await Promise.all([views.stop(), removals.stop(), uploads.stop(), mailer.stop()]);
      await database.close();
    };
    const stop = () => (stopping ??= close());
    return { url: publicUrl, port, stop };
  } catch (error) {
    await database.close();
    throw error;
  }
}

async function listen(server: Server, port: number): Promise<Server> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new BootError(describeListenFailure(error, port), error));
    });
    server.listen(port, resolve);
  });
  return server;
}

function describeListenFailure(error: NodeJS.ErrnoException, port: number): string {
  if (error.code === 'EADDRINUSE') return `Port ${port} is already in use; set PORT to another`;
  if (error.code === 'EACCES') return `Port ${port} needs more rights; set PORT above 1023`;
  return `Cannot listen on port ${port}: ${error.message}`;
}

/** Stops accepting, waits for answers in flight, and cuts what is left at the deadline. */
async function drain(server: Server, deadlineSeconds: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // A kept-alive connection turns idle only after its answer: closing them once is not enough.
  const poll = setInterval(() => server.closeIdleConnections(), DRAIN_POLL_MILLISECONDS);
  const deadline = setTimeout(() => server.closeAllConnections(), deadlineSeconds * 1000);
  await closed;
  clearInterval(poll);
  clearTimeout(deadline);
}
