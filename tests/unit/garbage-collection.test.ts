import { constants, PerformanceObserver } from 'node:perf_hooks';
import vm from 'node:vm';
import { noteDroppedBytes } from '../../src/utils/garbage-collection';
import { eventually } from '../helpers/eventually';

const MEBIBYTE = 1024 ** 2;
const { NODE_PERFORMANCE_GC_FLAGS_FORCED: FORCED, NODE_PERFORMANCE_GC_MINOR: MINOR } = constants;

interface Collection {
  detail: { kind: number; flags: number };
}

/** The kinds of the collections that somebody has asked for, as they come. */
function watchForcedCollections(): { kinds: number[]; stop: () => void } {
  const kinds: number[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind, flags } = (entry as unknown as Collection).detail;
      if (flags & FORCED) kinds.push(kind);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return { kinds, stop: () => observer.disconnect() };
}

describe('noteDroppedBytes', () => {
  test('bytes, once 16 MiB of them have come, have the young generation collected and nothing else', async () => {
    const collections = watchForcedCollections();

    noteDroppedBytes(15 * MEBIBYTE);
    noteDroppedBytes(MEBIBYTE);
    await eventually(async () => expect(collections.kinds).toEqual([MINOR]));
    for (let piece = 0; piece < 32; piece += 1) noteDroppedBytes(MEBIBYTE);
    await eventually(async () => expect(collections.kinds).toEqual([MINOR, MINOR, MINOR]));

    collections.stop();
  });

  test('the collector, once it was used, is no global of the contexts that others make', () => {
    noteDroppedBytes(16 * MEBIBYTE);

    expect(vm.runInNewContext('typeof gc')).toBe('undefined');
  });
});
