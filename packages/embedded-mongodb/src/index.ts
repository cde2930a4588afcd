import { join, resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { InstanceOptions } from './instance';
import { announceFault, supervise, untilReady } from './worker-supervisor';

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
  const { onFatal = announceFault, ...instanceOptions } = options;
  const workerData: InstanceOptions = { ...instanceOptions, dataDir: resolve(options.dataDir) };
  // Loaders of the parent (ts-node, test runners) have no business in the engine's thread.
  const worker = new Worker(join(__dirname, 'worker.js'), { workerData, execArgv: [] });
  const uri = await untilReady(worker);
  return { uri, stop: supervise(worker, onFatal) };
}
