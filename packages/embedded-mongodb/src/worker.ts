import { parentPort, workerData } from 'node:worker_threads';
import { startInstance, type InstanceOptions } from './instance';
import type { WorkerMessage, WorkerRequest } from './worker-messages';

/** Entry of the worker thread: serves until told to stop. */
async function main(): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('worker.js runs only as a worker thread');
  const post = (message: WorkerMessage): void => port.postMessage(message);
  const reportFault = (error: Error): void => {
    post({ type: 'fault', message: error.message, ...(error.stack && { stack: error.stack }) });
  };
  try {
    const instance = await startInstance(workerData as InstanceOptions, reportFault);
    port.once('message', (_request: WorkerRequest) => {
      instance
        .stop()
        .then(
          () => post({ type: 'stopped' }),
          (error: unknown) => post({ type: 'stopped', error: messageOf(error) }),
        )
        .finally(() => port.close());
    });
    post({ type: 'ready', uri: instance.uri });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    post({ type: 'failed', message: messageOf(error), ...(typeof code === 'string' && { code }) });
    port.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

void main();
