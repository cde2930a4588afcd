import { getHeapStatistics } from 'node:v8';
import { parentPort } from 'node:worker_threads';
import mediaInfoFactory, { type MediaInfo } from 'mediainfo.js';
import type { AnalysisMessage, AnalysisRequest } from './analysis-messages';
import { factsOf } from './facts-of';
import { UnreadableMediaError } from './media-facts';
import { reader } from './read-bytes';

/** A jump costs one chunk, and a recording in fragments has a jump for every second or two. */
const CHUNK_BYTES = 32 * 1024;
/** Beyond the file's own size; whoever needs more jumps to and fro to keep us busy. */
const SLACK_BYTES = 16 * 1024 * 1024;
/** Tens of megabytes are usual. WebAssembly's memory is outside of what V8 limits. */
const MAX_EXTERNAL_BYTES = 512 * 1024 * 1024;

/**
 * Entry of the thread. Its analyzer is kept: to make one compiles megabytes of WebAssembly, many
 * times the work of a usual analysis. A file that the analyzer gives up on ends the thread, and with
 * it whatever state the file left behind.
 */
async function main(): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('analysis-worker.js runs only as a worker thread');
  const post = (message: AnalysisMessage): void => port.postMessage(message);
  const analyzer = await mediaInfoFactory({ format: 'object', chunkSize: CHUNK_BYTES });
  port.on('message', (request: AnalysisRequest) => void analyze(analyzer, request).then(post));
  post({ type: 'ready' });
}

async function analyze(
  analyzer: MediaInfo<'object'>,
  { descriptor, size, kind }: AnalysisRequest,
): Promise<AnalysisMessage> {
  const read = reader(descriptor);
  let budget = size + SLACK_BYTES;
  const result = await analyzer.analyzeData(size, (length, offset) => {
    budget -= length;
    if (budget < 0) throw new Error('the file has no end of headers');
    if (getHeapStatistics().external_memory > MAX_EXTERNAL_BYTES) {
      throw new Error('the file takes too much memory');
    }
    return read(length, offset);
  });
  try {
    return { type: 'facts', facts: factsOf(result, { kind, read, size }) };
  } catch (error) {
    if (!(error instanceof UnreadableMediaError)) throw error;
    return { type: 'unreadable', message: error.message };
  }
}

void main();
