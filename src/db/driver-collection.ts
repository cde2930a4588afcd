import type { Model, mongo, PipelineStage } from 'mongoose';

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

/**
 * All rows of a pipeline on a model's collection, as the driver has them.
 * @throws Error before the connection is made
 */
export function aggregateRows<Row extends object>(
  model: AggregatedModel,
  stages: PipelineStage[],
): Promise<Row[]> {
  return driverCollection(model as Model<object>)
    .aggregate<Row>(stages)
    .toArray();
}

/** Any model, whatever its fields. */
export type AggregatedModel = Pick<Model<never>, 'db' | 'collection'>;
