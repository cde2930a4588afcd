import { reconcileChannelTallies } from '../reconcile/channel-tallies';
import type { Migration } from './migration';

/**
 * Sums up what older versions summed up whenever it was asked for: the views, likes and comments of all
 * videos of a channel. It adds differences, as a newer version may have begun a total at zero.
 */
export const channelTotals: Migration = {
  id: '0003-channel-totals',
  description: 'the views, likes and comments of channels, summed up',

  async run(report) {
    let set = 0;
    await reconcileChannelTallies(true, ({ drifts }) => {
      set += drifts.length;
    });
    report(`${set} totals were set`);
  },
};
