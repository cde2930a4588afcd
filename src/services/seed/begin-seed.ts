import { isDeepStrictEqual } from 'node:util';
import { User } from '../../models/user.model';
import { Video } from '../../models/video.model';
import { requireSeed } from './seed-ids';
import { seedRecords, type SeedRecord } from './seed-progress';
import type { SeedOptions } from './seed.service';

/** Seeding would touch data that it must not touch unasked; the message says what to do. */
export class SeedRefusedError extends Error {
  override name = 'SeedRefusedError';
}

/**
 * Finds the seed that was cut short, or begins one.
 * @throws SeedRefusedError
 */
export async function beginSeed({
  plan,
  seed,
  force,
  config,
  now = new Date(),
}: SeedOptions): Promise<{ record: SeedRecord; resumed: boolean }> {
  requireSeed(seed);
  if (config.isProduction && !force) {
    throw new SeedRefusedError('this is production; --force seeds it nevertheless');
  }
  const found = await seedRecords().findOne({ _id: seed });
  if (found && !found.finishedAt) {
    if (isDeepStrictEqual(found.plan, plan)) return { record: found, resumed: true };
    throw new SeedRefusedError(
      `seed ${seed} was begun in another size and not finished; finish that one first`,
    );
  }
  if (!force) await refuseData();
  if (found) {
    throw new SeedRefusedError(`seed ${seed} is there already; take another number`);
  }
  const record: SeedRecord = {
    _id: seed,
    plan,
    now,
    written: {},
    plannedFiles: {},
    storedFiles: {},
  };
  await seedRecords().insertOne(record);
  return { record, resumed: false };
}

async function refuseData(): Promise<void> {
  const [people, videos] = await Promise.all([
    User.estimatedDocumentCount(),
    Video.estimatedDocumentCount(),
  ]);
  if (people === 0 && videos === 0) return;
  throw new SeedRefusedError(
    `the database is not empty (${people} accounts, ${videos} videos); --force adds to them`,
  );
}
