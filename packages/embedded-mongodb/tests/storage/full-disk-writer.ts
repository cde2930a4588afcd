/**
 * Child process of the full disk test, run under a file size limit: inserts until it is refused, and
 * tells how that went as JSON. Usage: full-disk-writer.ts <folder>
 */
import { writeSync } from 'node:fs';
import { MongoServerError } from '../../src/errors';
import { openEngine, type Engine } from '../../src/engine';
import { documentFromPlain as doc } from '../../src/values/codec';

const [folder = ''] = process.argv.slice(2);
const namespace = { database: 'full', collection: 'items' };

async function insert(engine: Engine, id: number): Promise<number> {
  try {
    await engine.insertMany(engine.createOperation(), {
      namespace,
      ordered: true,
      documents: [doc({ _id: id, text: 'x'.repeat(5_000) })],
    });
    return 0;
  } catch (error) {
    if (error instanceof MongoServerError) return error.code;
    throw error;
  }
}

async function main(): Promise<void> {
  const engine = await openEngine({ dataDir: folder });
  let acknowledged = 0;
  let code = 0;
  while (code === 0 && acknowledged < 5_000) {
    code = await insert(engine, acknowledged);
    if (code === 0) acknowledged += 1;
  }
  // Freed pages may still let some through: those count like any other.
  for (let id = -1; id >= -20; id -= 1) if ((await insert(engine, id)) === 0) acknowledged += 1;
  await engine.close();
  writeSync(1, JSON.stringify({ acknowledged, code }));
}

main().catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exit(1);
});
