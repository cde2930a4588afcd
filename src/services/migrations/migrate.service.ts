import { collectionNames } from '../../db/collection-names';
import { channelTotals } from './channel-totals';
import { collectionsAndIndexes } from './collections-and-indexes';
import { underLease } from './migration-lease';
import type { Migration, Report } from './migration';
import { MIGRATIONS_COLLECTION, readRecords, writeRecords } from './migration-records';
import { storedCounters } from './stored-counters';

/** In their order; a new one is added at the end. */
const MIGRATIONS: readonly Migration[] = [collectionsAndIndexes, storedCounters, channelTotals];

/** Those after which requests are safe from duplicates and slow reads. */
const STRUCTURE: readonly Migration[] = [collectionsAndIndexes];

export interface MigrationState extends Pick<Migration, 'id' | 'description'> {
  /** Last time; absent when never. */
  appliedAt?: Date;
  isPending: boolean;
  /** What a look has found to be missing. */
  missing: readonly string[];
}

export interface MigrateOptions {
  /** Collections and indexes alone, and no data. */
  structureOnly?: boolean;
  /** Told of the beginning and the end of each migration, and of a wait for another process. */
  report?: Report;
}

/** Every migration, and whether it is due. Changes nothing. */
export async function listMigrations(): Promise<MigrationState[]> {
  const records = await readRecords();
  return Promise.all(
    MIGRATIONS.map(async (migration) => {
      const { id, description } = migration;
      const missing = (await migration.findMissing?.()) ?? [];
      const appliedAt = records.get(id)?.appliedAt;
      const isPending = appliedAt === undefined || missing.length > 0;
      return { id, description, isPending, missing, ...(appliedAt && { appliedAt }) };
    }),
  );
}

/**
 * Does what is due, in order, while no other process does.
 * @returns the ids of what was done here
 * @throws BootError when the data do not allow an index; what came before it is done and recorded
 */
export async function migrate(options: MigrateOptions = {}): Promise<string[]> {
  const { structureOnly = false, report = () => undefined } = options;
  const chosen = structureOnly ? STRUCTURE : MIGRATIONS;
  const isDue = async (): Promise<Set<string>> => {
    const pending = (await listMigrations()).filter(({ isPending }) => isPending);
    return new Set(pending.map(({ id }) => id));
  };
  const due = await isDue();
  if (!chosen.some(({ id }) => due.has(id))) return [];
  return underLease(
    async (lease) => {
      if (await isNewDatabase()) return begin(report);
      // Another process may have done it while this one waited.
      const stillDue = await isDue();
      const done: string[] = [];
      for (const migration of chosen.filter(({ id }) => stillDue.has(id))) {
        lease.assertHeld();
        await carryOut(migration, report);
        done.push(migration.id);
      }
      return done;
    },
    () => report('another process is migrating this database; waiting for its end'),
  );
}

async function carryOut(migration: Migration, report: Report): Promise<void> {
  const { id, description } = migration;
  const startedAt = performance.now();
  report(`${id}: ${description}`);
  await migration.run((line) => report(`${id}: ${line}`));
  await writeRecords([id], Math.round(performance.now() - startedAt) / 1000);
}

/** A new database has what it needs from the beginning, and nothing to bring up to date. */
async function begin(report: Report): Promise<string[]> {
  await collectionsAndIndexes.run(report);
  const ids = MIGRATIONS.map(({ id }) => id);
  await writeRecords(ids);
  return ids;
}

async function isNewDatabase(): Promise<boolean> {
  const names = await collectionNames();
  return names.every((name) => name === MIGRATIONS_COLLECTION);
}
