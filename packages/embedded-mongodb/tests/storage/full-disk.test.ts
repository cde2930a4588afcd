import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openEngine } from '../../src/engine';
import { validateCollection } from '../../src/storage/validate';

const FILE_LIMIT_KIB = 4_000;

test('insert, when the file can grow no more, is refused with 14031 and what was acknowledged is intact', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'embedded-mongodb-full-'));
  try {
    const node = `"${process.execPath}" --require "${join(__dirname, 'register-swc.js')}"`;
    const script = `"${join(__dirname, 'full-disk-writer.ts')}" "${folder}"`;
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      `ulimit -f ${FILE_LIMIT_KIB}; exec ${node} ${script}`,
    ]);
    const told = JSON.parse(stdout) as { acknowledged: number; code: number };
    expect(told.code).toBe(14031);
    expect(told.acknowledged).toBeGreaterThan(100);

    const engine = await openEngine({ dataDir: folder });
    const operation = engine.createOperation();
    const collection = engine.getCollection(operation, { database: 'full', collection: 'items' });
    const validation = collection && validateCollection(operation.reader(), collection);
    operation.release();
    await engine.close();
    expect(validation).toMatchObject({ records: told.acknowledged, errors: [] });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
