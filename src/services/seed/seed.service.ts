import bcrypt from 'bcrypt';
import type { Config } from '../../config';
import type { MediaStore } from '../media/media-store';
import { createUnmatchableHash } from '../password.service';
import { reconcileChannelTallies } from '../reconcile/channel-tallies';
import { reconcileTallies } from '../reconcile/reconcile.service';
import { beginSeed } from './begin-seed';
import { ownFilesOf } from './own-files';
import { PlatformShape } from './platform-shape';
import type { RowTools } from './rows/row-tools';
import { readSampleFiles } from './sample-files';
import type { SeedPlan } from './seed-plan';
import { seedRecords, type SeedRecord } from './seed-progress';
import { SEED_STEPS } from './seed-steps';
import { storeOwnFiles } from './store-own-files';
import { writeStep } from './write-step';

/** Everybody's, outside production. */
export const SEED_PASSWORD = 'plenty of popcorn';

export interface SeedOptions {
  plan: SeedPlan;
  /** From 1 to 9999: the same seed gives the same platform. */
  seed: number;
  /** Works beside data that are there, and in production. */
  force: boolean;
  config: Pick<Config, 'dataDir' | 'bcryptCost' | 'isProduction'>;
  mediaStore: MediaStore;
  /** The present of the platform; default: now. One that was begun keeps its own. */
  now?: Date;
}

export interface SeedProgress {
  /** What is being made. */
  name: string;
  /** Files and rows that are there, of all. */
  done: number;
  total: number;
}

export interface SeedSummary {
  /** Rows by what they are. */
  rows: Record<string, number>;
  /** Whether anybody can sign in, with SEED_PASSWORD. */
  canSignIn: boolean;
  resumed: boolean;
}

/**
 * Fills the database that Mongoose is connected to, and the media store, with a platform that has been
 * there for years. Counters are right at the end. One that was cut short is simply run again: it goes on
 * behind the last batch that was written.
 * @param onProgress told after every batch
 * @throws SeedRefusedError when the database is not empty, or belongs to production, without `force`
 * @throws RangeError for a plan that does not fit together
 */
export async function seedPlatform(
  options: SeedOptions,
  onProgress: (progress: SeedProgress) => void = () => undefined,
): Promise<SeedSummary> {
  const { plan, seed, mediaStore, config } = options;
  const shape = new PlatformShape(plan, seed);
  const samples = await readSampleFiles();
  const { record, resumed } = await beginSeed(options);

  const rows = Object.fromEntries(SEED_STEPS.map(({ name, count }) => [name, count(plan)]));
  const filesCount = ownFilesOf(plan).length;
  const total = filesCount + Object.values(rows).reduce((sum, count) => sum + count, 0);
  let done = Object.keys(record.storedFiles).length + sumOf(record.written);
  const advance = (name: string, by: number): void => {
    done += by;
    onProgress({ name, done, total });
  };

  const onStored = (): void => advance('files', 1);
  const files = await storeOwnFiles({
    record,
    mediaStore,
    samples,
    dataDir: config.dataDir,
    onStored,
  });
  const password = await hashFor(config);
  const tools: RowTools = { shape, seed, now: record.now.getTime(), password, files };
  for (const step of SEED_STEPS) {
    await writeStep(step, tools, record, (written) => advance(step.name, written));
  }
  // No rows of the plan: they are shared with others, or follow from what is written by now.
  await reconcileTallies(true);
  await reconcileChannelTallies(true);
  await seedRecords().updateOne({ _id: seed }, { $set: { finishedAt: new Date() } });
  return { rows, canSignIn: !config.isProduction, resumed };
}

function sumOf(written: SeedRecord['written']): number {
  return Object.values(written).reduce((sum, count) => sum + count, 0);
}

/** One for all of them, as hashing is slow on purpose; in production a password that nobody knows. */
async function hashFor({
  bcryptCost,
  isProduction,
}: Pick<Config, 'bcryptCost' | 'isProduction'>): Promise<string> {
  return isProduction ? createUnmatchableHash(bcryptCost) : bcrypt.hash(SEED_PASSWORD, bcryptCost);
}
