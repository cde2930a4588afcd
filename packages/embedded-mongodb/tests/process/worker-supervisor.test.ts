import { Worker } from 'node:worker_threads';
import { supervise, untilReady } from '../../src/worker-supervisor';

/** A worker that behaves as the given script says, in the place of the real one. */
function workerOf(script: string): Worker {
  return new Worker(`const { parentPort } = require('node:worker_threads'); ${script}`, {
    eval: true,
  });
}

const READY = "parentPort.postMessage({ type: 'ready', uri: 'mongodb://x' });";

describe('untilReady', () => {
  test('when the worker is ready, gives its connection string', async () => {
    const worker = workerOf(READY);
    expect(await untilReady(worker)).toBe('mongodb://x');
  });

  test('when the worker reports a failure, rejects with its message and code', async () => {
    const worker = workerOf(
      "parentPort.postMessage({ type: 'failed', message: 'no space', code: 'ENOSPC' });",
    );
    await expect(untilReady(worker)).rejects.toMatchObject({ message: 'no space', code: 'ENOSPC' });
  });

  test('when the worker throws, rejects with what it threw', async () => {
    await expect(untilReady(workerOf("throw new Error('boom')"))).rejects.toThrow('boom');
  });

  test('when the worker just ends, rejects with its exit code', async () => {
    await expect(untilReady(workerOf('process.exit(3)'))).rejects.toThrow('exit code 3');
  });
});

describe('supervise', () => {
  test('when the worker crashes, tells onFatal once', async () => {
    const worker = workerOf(
      `${READY} parentPort.once('message', () => { throw new Error('boom'); });`,
    );
    await untilReady(worker);
    const fatal = await new Promise<Error>((resolve) => {
      supervise(worker, resolve);
      worker.postMessage('crash');
    });
    expect(fatal.message).toBe('boom');
  });

  test('when the worker exits by itself, tells onFatal the exit code', async () => {
    const worker = workerOf(`${READY} parentPort.once('message', () => process.exit(7));`);
    await untilReady(worker);
    const fatal = await new Promise<Error>((resolve) => {
      supervise(worker, resolve);
      worker.postMessage('leave');
    });
    expect(fatal.message).toMatch(/exit code 7/);
  });

  test('stop, when the worker could not close cleanly, rejects with its reason', async () => {
    const worker = workerOf(
      `${READY} parentPort.once('message', () => { parentPort.postMessage({ type: 'stopped', error: 'disk full' }); });`,
    );
    await untilReady(worker);
    const fatal: Error[] = [];
    const stop = supervise(worker, (error) => fatal.push(error));
    await expect(stop()).rejects.toThrow('disk full');
    expect(fatal).toEqual([]);
  });
});
