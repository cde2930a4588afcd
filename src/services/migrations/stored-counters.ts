import { reconcileCounters } from '../reconcile/reconcile.service';
import type { Migration } from './migration';

/**
 * Counts what older versions did not store: the bytes of an account, all its videos, the comments at
 * the top of a thread, and so on. A recount rather than a fill, as a write of a newer version may have
 * begun a counter at zero. It adds differences, so a second run finds what the first has left.
 */
export const storedCounters: Migration = {
  id: '0002-stored-counters',
  description: 'counters that older versions did not store, recounted',

  async run(report) {
    const { checked, drifted } = await reconcileCounters({ fix: true }, () => undefined);
    const documents = Object.values(checked).reduce((sum, count) => sum + count, 0);
    report(`${documents} documents were looked at, and ${drifted} counters were set`);
  },
};
