import cluster, { type Worker } from 'node:cluster';
import { randomUUID } from 'node:crypto';
import { AggregatorRegistry, type Registry } from 'prom-client';
import { z } from 'zod';

/** A worker that is just starting or hangs is left out. */
const PATIENCE_MILLISECONDS = 2_000;
/** Above that, for the worker that asked. */
const ASKER_PATIENCE_MILLISECONDS = 5_000;

type WorkerMetrics = object[];

/** The other process may have gone: without a callback, Node makes that an error that nobody catches. */
function ignoreGone(): void {}

/** A worker is asked for the metrics of all, asks the primary, and that one all workers for theirs. */
const askedSchema = z.object({ type: z.literal('videotube:metrics-asked'), id: z.string() });
const wantedSchema = z.object({ type: z.literal('videotube:metrics-wanted'), id: z.string() });
const toldSchema = z.object({
  type: z.literal('videotube:metrics-told'),
  id: z.string(),
  registries: z.array(z.array(z.looseObject({}))),
});
const pageSchema = z.object({
  type: z.literal('videotube:metrics-page'),
  id: z.string(),
  page: z.string(),
});

/** Makes the primary answer workers that are asked for the metrics of all of them. */
export function answerMetricsOfWorkers(): void {
  const gatherings = new Map<string, (registries: WorkerMetrics[]) => void>();

  function gather(id: string): Promise<WorkerMetrics[]> {
    const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker?.isConnected());
    const gathered: WorkerMetrics[] = [];
    let missing = workers.length;
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(patience);
        gatherings.delete(id);
        resolve(gathered);
      };
      const patience = setTimeout(end, PATIENCE_MILLISECONDS);
      gatherings.set(id, (registries) => {
        gathered.push(...registries);
        missing -= 1;
        if (missing === 0) end();
      });
      for (const worker of workers) {
        worker?.send({ type: 'videotube:metrics-wanted', id }, ignoreGone);
      }
    });
  }

  cluster.on('message', (worker: Worker, message: unknown) => {
    const told = toldSchema.safeParse(message).data;
    if (told) gatherings.get(told.id)?.(told.registries);
    const asked = askedSchema.safeParse(message).data;
    if (!asked) return;
    void gather(asked.id).then(async (gathered) => {
      const page = await AggregatorRegistry.aggregate(gathered).metrics();
      worker.send({ type: 'videotube:metrics-page', id: asked.id, page }, ignoreGone);
    });
  });
}

/**
 * Makes a worker tell its metrics when the primary wants them.
 * @returns asks for the page of all workers; it rejects when the primary does not answer
 */
export function shareMetrics(registries: readonly Registry[]): () => Promise<string> {
  const questions = new Map<string, (page: string) => void>();
  process.on('message', (message: unknown) => {
    const answer = pageSchema.safeParse(message).data;
    if (answer) questions.get(answer.id)?.(answer.page);
    const wanted = wantedSchema.safeParse(message).data;
    if (!wanted) return;
    void Promise.all(registries.map((registry) => registry.getMetricsAsJSON())).then((told) => {
      const answer = { type: 'videotube:metrics-told', id: wanted.id, registries: told };
      process.send?.(answer, undefined, undefined, ignoreGone);
    });
  });
  return () => {
    const id = randomUUID();
    return new Promise<string>((resolve, reject) => {
      const patience = setTimeout(() => {
        questions.delete(id);
        reject(new Error('the primary process did not tell the metrics in time'));
      }, ASKER_PATIENCE_MILLISECONDS);
      questions.set(id, (page) => {
        clearTimeout(patience);
        questions.delete(id);
        resolve(page);
      });
      process.send?.({ type: 'videotube:metrics-asked', id }, undefined, undefined, ignoreGone);
    });
  };
}
