import { z } from 'zod';

/** What a worker tells its primary; the names keep clear of those of prom-client on the same channel. */
const workerMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('videotube:ready'), url: z.string(), port: z.number() }),
  /** It cannot start, and why. */
  z.object({ type: z.literal('videotube:failed'), reason: z.string() }),
]);

export type WorkerMessage = z.output<typeof workerMessageSchema>;

/** Tells the primary, and resolves once it has been handed over; nothing where there is none. */
export function tellPrimary(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => {
    // The primary may be gone: then nobody is left to be told.
    if (process.send) process.send(message, undefined, undefined, () => resolve());
    else resolve();
  });
}

/** @returns undefined for what is not from us */
export function readWorkerMessage(message: unknown): WorkerMessage | undefined {
  return workerMessageSchema.safeParse(message).data;
}
