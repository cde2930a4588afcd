import { once } from 'node:events';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { inTurn } from '../../utils/in-turn';
import { withPatience } from '../../utils/with-patience';
import type { AnalysisMessage, AnalysisRequest } from './analysis-messages';
import { UnreadableMediaError, type ProbeResult } from './media-facts';

/** Nobody needs tens of megabytes to be kept for the next upload for longer. */
const IDLE_MILLISECONDS = 30_000;
/** A thread loads JavaScript alone: what runs this file from its source still needs the build. */
const WORKER_FILE = path.resolve(__dirname, '../../../dist/services/media/analysis-worker.js');
/** Enough for all but the WebAssembly, which the thread itself watches. */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 16 };

/** A thread that analyzes one file after the other; there is none while there is nothing to do. */
export interface AnalysisLane {
  /**
   * @returns undefined when the file takes too long
   * @throws UnreadableMediaError when it cannot be shown or played, or ended the thread; the error
   *   of the disk
   */
  analyze(request: AnalysisRequest): Promise<ProbeResult | undefined>;
  /** Ends the thread, unless it is at work: then it ends some time after. The next file gets another. */
  endIdle(): Promise<void>;
}

export interface AnalysisLaneOptions {
  /** Its own among all lanes of the process. */
  name: string;
  /** That a file may take; what it waits for others and for a new thread does not count. */
  limitMilliseconds: number;
  startWorker?: () => Worker;
}

/** Does not start anything yet. */
export function createAnalysisLane({
  name,
  limitMilliseconds,
  startWorker = startAnalysisWorker,
}: AnalysisLaneOptions): AnalysisLane {
  let worker: Worker | undefined;
  /** While it is idle. */
  let ending: NodeJS.Timeout | undefined;

  const cancelEnding = (): void => {
    clearTimeout(ending);
    ending = undefined;
  };
  const endWorker = async (): Promise<void> => {
    cancelEnding();
    const ended = worker;
    worker = undefined;
    await ended?.terminate();
  };
  const start = async (): Promise<Worker> => {
    const started = startWorker();
    const forget = (): void => {
      if (worker === started) worker = undefined;
    };
    // Whoever waits for an answer is told of it too; between two files, nothing is lost.
    started.on('error', forget).on('exit', forget);
    await nextMessage(started);
    return started;
  };
  const ask = async (request: AnalysisRequest): Promise<AnalysisMessage | undefined> => {
    cancelEnding();
    worker ??= await start();
    // Only a file at work keeps the process from ending.
    worker.ref();
    worker.postMessage(request);
    const message = await withPatience(nextMessage(worker), limitMilliseconds).catch(refuseFile);
    if (!message) await endWorker();
    return message;
  };
  const rest = (): void => {
    worker?.unref();
    ending = setTimeout(() => void endWorker(), IDLE_MILLISECONDS).unref();
  };

  return {
    analyze: (request) =>
      inTurn(name, async () => {
        const message = await ask(request).finally(rest);
        if (message?.type === 'unreadable') throw new UnreadableMediaError(message.message);
        return message?.type === 'facts' ? message.facts : undefined;
      }),
    endIdle: async () => {
      if (ending) await endWorker();
    },
  };
}

// Loaders of this thread (ts-node, test runners) have no business in that one.
const startAnalysisWorker = (): Worker =>
  new Worker(WORKER_FILE, { execArgv: [], resourceLimits: RESOURCE_LIMITS });

/** @throws what ended the thread, or AbortError when it just ended */
async function nextMessage(worker: Worker): Promise<AnalysisMessage> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  worker.once('exit', stop);
  try {
    const answered = once(worker, 'message', { signal: over.signal });
    const [message] = (await answered) as [AnalysisMessage];
    return message;
  } finally {
    worker.off('exit', stop);
  }
}

/** The disk's errors carry a number; all others mean that the content was too much. */
function refuseFile(error: NodeJS.ErrnoException): never {
  if (error.errno !== undefined) throw error;
  throw new UnreadableMediaError('The file cannot be read', { cause: error });
}
