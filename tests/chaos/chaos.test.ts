import { appendFile } from 'node:fs/promises';
import { runChaos, type ChaosOptions, type ChaosReport } from '../helpers/chaos/run-chaos';

/** `npm run chaos` sets these; without them it is short. */
const { CHAOS_SECONDS, CHAOS_SEED = '2026', CHAOS_REPORT } = process.env;
const IS_LONG = CHAOS_SECONDS !== undefined;
/** A short run ends by the number of things that were done, however slow the machine is. */
const SECONDS = Number(CHAOS_SECONDS ?? 60);
const MEBIBYTE = 1024 * 1024;

async function write(options: ChaosOptions, report: ChaosReport): Promise<void> {
  if (CHAOS_REPORT === undefined) return;
  const { happenings, statuses, ...numbers } = report;
  const line = {
    ...options,
    ...numbers,
    happenings: Object.fromEntries(happenings),
    statuses: Object.fromEntries(statuses),
  };
  await appendFile(CHAOS_REPORT, `${JSON.stringify(line)}\n`);
}

describe('clients that publish, replace and delete', () => {
  test.each(['local', 'cloudinary'] as const)(
    'while the server is shot and its %s store is troubled, lose nothing and leave nothing behind',
    async (store) => {
      const options = {
        store,
        seed: `${CHAOS_SEED} ${store}`,
        seconds: SECONDS,
        actions: IS_LONG ? Infinity : 4,
        clients: IS_LONG ? 6 : 3,
        mostBytes: IS_LONG ? 8 * MEBIBYTE : MEBIBYTE / 2,
      };

      const report = await runChaos(options);

      await write(options, report);
      expect(report.broken).toEqual([]);
      expect(report.accepted).toBeGreaterThan(0);
      expect(report.happenings.size).toBeGreaterThan(0);
    },
    (SECONDS + 240) * 1000,
  );
});
