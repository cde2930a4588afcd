import type { Model, mongo } from 'mongoose';
import { collectionNames } from '../../db/collection-names';
import { ALL_MODELS } from '../../models/all-models';
import { BootError, reasonOf } from '../../utils/boot-error';
import type { Migration } from './migration';

/** Makes what the models ask for; what nobody asks for stays. */
export const collectionsAndIndexes: Migration = {
  id: '0001-collections-and-indexes',
  description: 'the collections and indexes of the models',

  async findMissing() {
    const gaps = await findGaps();
    // What is missing from a collection with documents matters most.
    const inOrder = [...gaps].sort((a, b) => Number(a.isNew) - Number(b.isNew));
    return inOrder.map(({ model, missing }) => `${model.collection.collectionName} (${missing})`);
  },

  async run(report) {
    const gaps = await findGaps();
    // One after the other, on one connection: side by side they would cost a connection each.
    for (const { model } of gaps) await prepare(model);
    report(`${gaps.length} collections were prepared`);
  },
};

/** Indexes that no model asks for, by collection: each costs every write a little. */
export async function findForeignIndexes(): Promise<string[]> {
  const existing = new Set(await collectionNames());
  const models = ALL_MODELS.filter((model) => existing.has(model.collection.collectionName));
  const found = await Promise.all(
    models.map(async (model) => {
      const { toDrop } = await model.diffIndexes();
      return toDrop.map((name) => `${model.collection.collectionName}.${name}`);
    }),
  );
  return found.flat();
}

interface Gap {
  model: Model<unknown>;
  /** For people. */
  missing: string;
  /** There is no such collection. */
  isNew: boolean;
}

async function findGaps(): Promise<Gap[]> {
  const existing = new Set(await collectionNames());
  const gaps = await Promise.all(
    ALL_MODELS.map(async (model): Promise<Gap | undefined> => {
      if (!existing.has(model.collection.collectionName)) {
        return { model, missing: 'all of it', isNew: true };
      }
      const { toCreate } = await model.diffIndexes();
      if (toCreate.length === 0) return undefined;
      const keys = toCreate.map((key) => Object.keys(key as object).join(', '));
      return { model, missing: `index on ${keys.join('; ')}`, isNew: false };
    }),
  );
  return gaps.filter((gap) => gap !== undefined);
}

/** Makes a model's collection and indexes; data that contradict a unique index need a person. */
async function prepare(model: Model<unknown>): Promise<void> {
  try {
    const indexes = model.schema.indexes().map(([key, options]) => ({ ...options, key }));
    // One command for all of them, and for the collection, where Mongoose would send one for each.
    if (indexes.length > 0)
      await model.collection.createIndexes(indexes as mongo.IndexDescription[]);
    else await model.createCollection();
  } catch (error) {
    const { collectionName } = model.collection;
    throw new BootError(
      `Cannot prepare the collection ${collectionName}: ${reasonOf(error)}`,
      error,
    );
  }
}
