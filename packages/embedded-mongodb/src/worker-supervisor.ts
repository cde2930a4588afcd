import type { Worker } from 'node:worker_threads';
import type { WorkerMessage, WorkerRequest } from './worker-messages';

/**
 * Waits for the worker's word that it serves.
 * @returns the connection string.
 * @throws Error with the worker's own reason, or that it ended.
 */
export async function untilReady(worker: Worker): Promise<string> {
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

/**
 * Watches a serving worker: a death that nobody asked for goes to `onFatal`, once.
 * @returns the function that stops it: drains, closes and ends the thread; may be called twice.
 */
export function supervise(worker: Worker, onFatal: (error: Error) => void): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  let crash: Error | undefined;
  let stopError: string | undefined;
  worker.on('message', (message: WorkerMessage) => {
    if (message.type === 'stopped') stopError = message.error;
    if (message.type === 'fault') announceFault(new Error(message.stack ?? message.message));
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
  return () => {
    stopping ??= stop();
    return stopping;
  };
}

/** A fault that nobody listens for becomes a process warning, so that it is seen. */
export function announceFault(error: Error): void {
  process.emitWarning(error.message, { type: 'EmbeddedMongoDBWarning' });
}
