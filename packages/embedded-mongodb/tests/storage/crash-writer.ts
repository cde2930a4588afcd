/**
 * Child process of the crash test: writes with many writers at once until it is killed, and tells each
 * acknowledged write in a line on its standard output. Usage: crash-writer.ts <folder> <round>
 */
import { writeSync } from 'node:fs';
import { MongoServerError } from '../../src/errors';
import { openEngine, type Engine } from '../../src/engine';
import type { Namespace, OperationContext } from '../../src/storage/types';
import { documentFromPlain as doc } from '../../src/values/codec';

const [folder = '', round = '0'] = process.argv.slice(2);
const items: Namespace = { database: 'crash', collection: 'items' };
const ledger: Namespace = { database: 'crash', collection: 'ledger' };
const log: Namespace = { database: 'crash', collection: 'log' };

const acknowledge = (...words: (string | number)[]): void => {
  writeSync(1, `${words.join(' ')}\n`);
};

async function insert(
  engine: Engine,
  namespace: Namespace,
  document: object,
  operation: OperationContext = engine.createOperation(),
): Promise<void> {
  const { writeErrors } = await engine.insertMany(operation, {
    namespace,
    ordered: true,
    documents: [doc(document)],
  });
  if (writeErrors[0]) throw new Error(writeErrors[0].message);
}

/** Inserts documents with several index entries each, and removes every third one again. */
async function insertAndDelete(engine: Engine, writer: number): Promise<void> {
  for (let n = 0; ; n += 1) {
    const id = `${round}-${writer}-${n}`;
    await insert(engine, items, { _id: id, name: `n${id}`, n: n % 10, tags: [n, n + 1, writer] });
    acknowledge('inserted', id);
    if (n % 3 !== 0) continue;
    // From here on the document may be gone, acknowledged or not.
    acknowledge('deleting', id);
    await engine.deleteDocuments(engine.createOperation(), {
      namespace: items,
      ordered: true,
      statements: [{ filter: doc({ _id: id }), limit: 1 }],
    });
    acknowledge('deleted', id);
  }
}

/** Counts one document up; what was acknowledged is a lower limit. */
async function increment(engine: Engine, writer: number): Promise<void> {
  for (;;) {
    const id = `counter-${writer}`;
    const { value } = await engine.findAndModify(engine.createOperation(), {
      namespace: ledger,
      filter: doc({ _id: id }),
      update: doc({ $inc: { n: 1 }, $push: { last: { $each: [1], $slice: -3 } } }),
      upsert: true,
      returnNew: true,
    });
    acknowledge('counted', id, Number(value?.get('n')));
  }
}

/** A pair of documents in two collections and one shared sum, all or nothing. */
async function transact(engine: Engine, writer: number): Promise<void> {
  const key = Buffer.alloc(16, writer + 1);
  for (let n = 0; ; n += 1) {
    const session = { key, txnNumber: BigInt(Number(round) * 1_000_000 + n) };
    const transaction = engine.beginTransaction(session);
    const operation = engine.createOperation({ session, transaction });
    const id = `pair-${round}-${writer}-${n}`;
    try {
      await insert(engine, items, { _id: id, name: id, n: 0 }, operation);
      await insert(engine, ledger, { _id: id }, operation);
      await engine.updateDocuments(operation, {
        namespace: ledger,
        ordered: true,
        statements: [
          { filter: doc({ _id: 'pairs' }), update: doc({ $inc: { n: 1 } }), upsert: true },
        ],
      });
      await engine.commitTransaction(transaction);
      acknowledge('committed', id);
    } catch (error) {
      engine.abortTransaction(transaction);
      const isTransient = error instanceof MongoServerError && error.errorLabels.length > 0;
      if (!isTransient) throw error;
    }
  }
}

/** Adds to a capped collection, which removes its oldest in the same write. */
async function appendToLog(engine: Engine): Promise<void> {
  for (let n = 0; ; n += 1) {
    const position = Number(round) * 1_000_000 + n;
    await insert(engine, log, { _id: `log-${position}`, n: position });
    acknowledge('logged', position);
  }
}

async function buildAndDropIndex(engine: Engine): Promise<void> {
  const name = 'n_tags';
  for (let n = 0; ; n += 1) {
    await engine.createIndexes(engine.createOperation(), items, [
      doc({ key: { n: 1, tags: -1 }, name }),
    ]);
    acknowledge('indexed', n);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await engine.dropIndexes(engine.createOperation(), items, name);
  }
}

async function main(): Promise<void> {
  const engine = await openEngine({ dataDir: folder });
  await engine.createIndexes(engine.createOperation(), items, [
    doc({ key: { name: 1 }, name: 'name_1', unique: true }),
    doc({ key: { tags: 1 }, name: 'tags_1' }),
    doc({ key: { n: 1 }, name: 'n_1', partialFilterExpression: { n: { $gte: 5 } } }),
  ]);
  const limits = doc({ capped: true, size: 1 << 20, max: 3 });
  await engine.createCollection(engine.createOperation(), log, limits);
  acknowledge('ready');
  const writers = (count: number, run: (writer: number) => Promise<void>): Promise<void>[] =>
    Array.from({ length: count }, (_, writer) => run(writer));
  await Promise.all([
    ...writers(10, (writer) => insertAndDelete(engine, writer)),
    ...writers(5, (writer) => increment(engine, writer)),
    ...writers(4, (writer) => transact(engine, writer)),
    appendToLog(engine),
    buildAndDropIndex(engine),
  ]);
}

main().catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exit(1);
});
