import type { Model, mongo } from 'mongoose';

const collections = new WeakMap<mongo.Db, Map<string, mongo.Collection>>();

/**
 * A model's collection as the driver has it, for reads and counters so frequent that Mongoose's part
 * of them would show: nothing is cast, filled in or hooked.
 * @throws Error before the connection is made
 */
export function driverCollection<Fields extends object>(
  model: Model<Fields>,
): mongo.Collection<Fields> {
  const database = model.db.db;
  if (!database) throw new Error('not connected to the database');
  const { name } = model.collection;
  const known = collections.get(database) ?? new Map<string, mongo.Collection>();
  const collection = known.get(name) ?? database.collection(name);
  collections.set(database, known.set(name, collection));
  return collection as unknown as mongo.Collection<Fields>;
}
