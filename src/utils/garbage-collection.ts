import v8 from 'node:v8';
import vm from 'node:vm';

/** A collection of so little takes a millisecond or two. */
const BYTES_PER_COLLECTION = 16 * 1024 * 1024;

/** In percent of what is in use after a full collection: what may be added before the next. */
const GROWTH_PERCENT = 200;

/**
 * Call it once, as the process starts. By itself V8 lets the heap grow the less the faster it is
 * filled: beside uploads, it would look through all of it every 200 ms, on both processors of a small
 * machine, for a few megabytes each time.
 */
export function letHeapGrow(): void {
  v8.setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}

type CollectGarbage = (options: { type: 'minor' }) => void;

let collectGarbage: CollectGarbage | undefined;
let uncollected = 0;

/**
 * Call it for bytes that came in buffers of the network, once these are dropped. Of each, V8 sees a
 * small object with memory outside of its heap: its young generation fills slowly, and what is dropped
 * piles up until it counts against the old generation. Then all of that is marked, several times a
 * second while files stream in, and every request waits beside it. Collecting the young early, in this
 * thread alone, keeps it from that.
 */
export function noteDroppedBytes(bytes: number): void {
  uncollected += bytes;
  if (uncollected < BYTES_PER_COLLECTION) return;
  uncollected = 0;
  collectGarbage ??= exposedCollector();
  collectGarbage({ type: 'minor' });
}

/** What `--expose-gc` would make a global of the whole process. */
function exposedCollector(): CollectGarbage {
  v8.setFlagsFromString('--expose-gc');
  try {
    return vm.runInNewContext('gc') as CollectGarbage;
  } finally {
    v8.setFlagsFromString('--no-expose-gc');
  }
}
