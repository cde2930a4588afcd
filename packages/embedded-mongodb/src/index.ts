import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { InstanceOptions } from './instance';
import type { WorkerMessage, WorkerRequest } from './worker-messages';

export interface EmbeddedMongoDBOptions extends InstanceOptions {
  /**
   * Called once when the running engine dies by itself (its thread crashed). Every client has lost
   * its connection by then; acknowledged writes are on disk. Default: a process warning.
   */
  readonly onFatal?: (error: Error) => void;
}

export interface EmbeddedMongoDB {
  /** Connection string for the official driver, Mongoose, mongosh… */
  readonly uri: string;
  /** Finishes running commands, flushes, closes and ends the thread. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded engine in a worker thread and waits until it answers.
 * @throws Error with one clear sentence when the data directory cannot be used (locked by another
 *   process, unknown format, not writable) or the address cannot be listened on; `code` is the
 *   system's error code where there is one.
 */
export async function startEmbeddedMongoDB(
  options: EmbeddedMongoDBOptions,
): Promise<EmbeddedMongoDB> {
  const { onFatal = warn, ...instanceOptions } = options;
  const workerData: InstanceOptions = { ...instanceOptions, dataDir: resolve(options.dataDir) };
  // Loaders of the parent (ts-node, test runners) have no business in the engine's thread.
  const worker = new Worker(join(__dirname, 'worker.js'), { workerData, execArgv: [] });
  const uri = await untilReady(worker);
  return supervise(worker, uri, onFatal);
}

async function untilReady(worker: Worker): Promise<string> {
  return new Promise((resolveUri, reject) => {
    const onExit = (code: number): void => {
      reject(new Error(`the embedded database ended while starting (exit code ${code})`));
    };
    worker.once('error', reject);
    worker.once('exit', onExit);
    worker.once('message', (message: WorkerMessage) => {
      worker.off('error', reject);
      worker.off('exit', onExit);
      if (message.type === 'ready') resolveUri(message.uri);
      else reject(startupError(message));
    });
  });
}

function startupError(message: WorkerMessage): Error {
  if (message.type !== 'failed') return new Error('the embedded database did not start');
  return Object.assign(new Error(message.message), message.code && { code: message.code });
}

function supervise(worker: Worker, uri: string, onFatal: (error: Error) => void): EmbeddedMongoDB {
  let stopping: Promise<void> | undefined;
  let crash: Error | undefined;
  let stopError: string | undefined;
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'stopped') stopError = message.error;
    if (message.type === 'fault') warn(new Error(message.stack ?? message.message));
  });
  worker.once('error', (error: Error) => {
    crash = error;
  });
  const exited = new Promise<void>((resolveExit) => {
    worker.once('exit', (code) => {
      if (!stopping) {
        onFatal(crash ?? new Error(`the embedded database ended unexpectedly (exit code ${code})`));
      }
      resolveExit();
    });
  });
  const stop = async (): Promise<void> => {
    const request: WorkerRequest = { type: 'stop' };
    worker.postMessage(request);
    await exited;
    if (stopError !== undefined) throw new Error(stopError);
  };
  return {
    uri,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

function warn(error: Error): void {
  process.emitWarning(error.message, { type: 'EmbeddedMongoDBWarning' });
}
