/**
 * Child process of the full disk tests, run under a file size limit: writes until it is refused, and
 * then some more, and tells how that went as JSON. Usage: full-disk-writer.ts <folder> [crowd]
 */
import { writeSync } from 'node:fs';
import { MongoServerError } from '../../src/errors';
import { openEngine, type Engine } from '../../src/engine';
import { documentFromPlain as doc } from '../../src/values/codec';

const [folder = '', mode = 'one'] = process.argv.slice(2);
const namespace = { database: 'full', collection: 'items' };

/** Writes in flight at once, and how often, in a crowd. */
const CROWD = 8;
const ROUNDS = 120;

/** Answers 0 when it was acknowledged, else the server's error code. */
async function codeOf(write: () => Promise<unknown>): Promise<number> {
  try {
    await write();
    return 0;
  } catch (error) {
    if (error instanceof MongoServerError) return error.code;
    throw error;
  }
}

function insert(engine: Engine, id: number, length: number): Promise<number> {
  const documents = [doc({ _id: id, text: 'x'.repeat(length) })];
  return codeOf(() =>
    engine.insertMany(engine.createOperation(), { namespace, ordered: true, documents }),
  );
}

function lengthen(engine: Engine, id: number, length: number): Promise<number> {
  const update = doc({ $set: { text: 'y'.repeat(length) } });
  const statements = [{ filter: doc({ _id: id }), update, multi: false, upsert: false }];
  return codeOf(() =>
    engine.updateDocuments(engine.createOperation(), { namespace, ordered: true, statements }),
  );
}

async function writeOneByOne(engine: Engine): Promise<{ acknowledged: number; code: number }> {
  let acknowledged = 0;
  let code = 0;
  while (code === 0 && acknowledged < 5_000) {
    code = await insert(engine, acknowledged, 5_000);
    if (code === 0) acknowledged += 1;
  }
  // Freed pages may still let some through: those count like any other.
  for (let id = -1; id >= -20; id -= 1) {
    if ((await insert(engine, id, 5_000)) === 0) acknowledged += 1;
  }
  return { acknowledged, code };
}

/** Many writers of different sizes, most of them after the file is full. */
async function writeAsCrowd(engine: Engine): Promise<{ acknowledged: number; code: number }> {
  let acknowledged = 0;
  let code = 0;
  let id = 0;
  const writeOne = async (): Promise<void> => {
    const own = id++;
    const length = (own * 7919) % 9000;
    if (own % 3 === 2) {
      code ||= await lengthen(engine, own - 1, length);
      return;
    }
    const answer = await insert(engine, own, length);
    if (answer === 0) acknowledged += 1;
    code ||= answer;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    await Promise.all(Array.from({ length: CROWD }, writeOne));
  }
  return { acknowledged, code };
}

async function main(): Promise<void> {
  const engine = await openEngine({ dataDir: folder });
  const told = mode === 'crowd' ? await writeAsCrowd(engine) : await writeOneByOne(engine);
  await engine.close();
  writeSync(1, JSON.stringify(told));
}

main().catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exit(1);
});
