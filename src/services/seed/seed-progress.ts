import mongoose, { type mongo } from 'mongoose';
import type { StoredAsset } from '../media/media-store';
import type { SeedPlan } from './seed-plan';

const COLLECTION = 'seeds';

/** How far a seed has come, so that one that was cut short goes on where it was. */
export interface SeedRecord {
  /** The seed. */
  _id: number;
  plan: SeedPlan;
  /** The present of its platform. */
  now: Date;
  /** Of each kind, the rows that are written. */
  written: Record<string, number>;
  /** Names in the media store by own name, planned before the first byte is stored. */
  plannedFiles: Record<string, string>;
  storedFiles: Record<string, StoredAsset>;
  finishedAt?: Date;
}

/**
 * A collection without a model: nothing but seeding reads it, so nobody else has to have it.
 * @throws Error before the connection is made
 */
export function seedRecords(): mongo.Collection<SeedRecord> {
  const { db } = mongoose.connection;
  if (!db) throw new Error('not connected to the database');
  return db.collection<SeedRecord>(COLLECTION);
}
