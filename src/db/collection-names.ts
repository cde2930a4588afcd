import mongoose from 'mongoose';

/**
 * The names of all collections of the database.
 * @throws Error before the connection is made
 */
export async function collectionNames(): Promise<string[]> {
  const { db } = mongoose.connection;
  if (!db) throw new Error('not connected to the database');
  const collections = await db.listCollections({}, { nameOnly: true }).toArray();
  return collections.map(({ name }) => name);
}
