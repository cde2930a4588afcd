import mongoose, { type mongo } from 'mongoose';

/** That a migration was done; or, under the id of the lease, who migrates right now. */
export interface MigrationRecord {
  _id: string;
  appliedAt?: Date;
  /** How long it took; absent in a database that began with it. */
  seconds?: number;
  /** Of the lease: its process, and until when that need not show life. */
  holder?: string;
  until?: Date;
}

export const MIGRATIONS_COLLECTION = 'migrations';
/** Sorts after every migration. */
export const LEASE_ID = 'lease';

/** Not a model: it is there before there are any. */
export function migrationRecords(): mongo.Collection<MigrationRecord> {
  const { db } = mongoose.connection;
  if (!db) throw new Error('not connected to the database');
  return db.collection<MigrationRecord>(MIGRATIONS_COLLECTION);
}

/** What was done, by the id of the migration. */
export async function readRecords(): Promise<Map<string, MigrationRecord>> {
  const records = await migrationRecords()
    .find({ _id: { $ne: LEASE_ID } })
    .toArray();
  return new Map(records.map((record) => [record._id, record]));
}

/** Writes down that these were done now, also when they had been done before. */
export async function writeRecords(ids: readonly string[], seconds?: number): Promise<void> {
  if (ids.length === 0) return;
  const applied = { appliedAt: new Date(), ...(seconds !== undefined && { seconds }) };
  await migrationRecords().bulkWrite(
    ids.map((_id) => ({ updateOne: { filter: { _id }, update: { $set: applied }, upsert: true } })),
  );
}
