import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openEngine, type Engine } from '../../src/engine';
import { validateCollection } from '../../src/storage/validate';
import { documentsOf } from './helpers';

const ROUNDS = process.env.NIGHTLY === '1' ? 50 : 5;
const LONGEST_RUN_MS = 700;

/** What the killed processes acknowledged, over all rounds. */
interface Acknowledged {
  readonly present: Set<string>;
  readonly absent: Set<string>;
  readonly pairs: Set<string>;
  readonly counters: Map<string, number>;
  /** Positions in the capped collection. */
  readonly log: number[];
}

test(
  `kill -9 under 20 concurrent writers, ${ROUNDS} times, loses nothing acknowledged`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'embedded-mongodb-crash-'));
    const acknowledged: Acknowledged = {
      present: new Set(),
      absent: new Set(),
      pairs: new Set(),
      counters: new Map(),
      log: [],
    };
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        await writeUntilKilled(folder, round, acknowledged);
        const engine = await openEngine({ dataDir: folder });
        try {
          verify(engine, acknowledged);
        } finally {
          await engine.close();
        }
      }
      expect(acknowledged.present.size).toBeGreaterThan(ROUNDS);
      expect(acknowledged.pairs.size).toBeGreaterThan(0);
      expect(acknowledged.log.length).toBeGreaterThan(0);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  ROUNDS * 60_000,
);

/** Runs the writers, kills them at a random moment, and reads all that they had acknowledged. */
async function writeUntilKilled(
  folder: string,
  round: number,
  acknowledged: Acknowledged,
): Promise<void> {
  const register = join(__dirname, 'register-swc.js');
  const script = join(__dirname, 'crash-writer.ts');
  const child = spawn(process.execPath, ['--require', register, script, folder, String(round)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('exit', (_code, signal) => resolve(signal));
  });
  let complaint = '';
  let death: NodeJS.Timeout | undefined;
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === 'ready') continue;
    note(line, acknowledged);
    // From the first writes of every kind on: a busy machine may take long to get there.
    if (acknowledged.pairs.size === 0 || acknowledged.log.length === 0) continue;
    death ??= setTimeout(() => child.kill('SIGKILL'), Math.random() * LONGEST_RUN_MS);
  }
  if ((await exited) !== 'SIGKILL') throw new Error(`the writer ended by itself: ${complaint}`);
}

function note(line: string, { present, absent, pairs, counters, log }: Acknowledged): void {
  const [what, id = '', value] = line.split(' ');
  if (what === 'inserted') present.add(id);
  if (what === 'deleting') present.delete(id);
  if (what === 'deleted') absent.add(id);
  if (what === 'committed') pairs.add(id);
  if (what === 'counted') counters.set(id, Number(value));
  if (what === 'logged') log.push(Number(id));
}

function verify(engine: Engine, { present, absent, pairs, counters, log }: Acknowledged): void {
  const operation = engine.createOperation();
  for (const collection of engine.listCollections(operation, 'crash')) {
    expect(validateCollection(operation.reader(), collection).errors).toEqual([]);
  }
  operation.release();
  const items = byId(engine, 'items');
  const ledger = byId(engine, 'ledger');
  expect([...present].filter((id) => !items.has(id))).toEqual([]);
  expect([...absent].filter((id) => items.has(id))).toEqual([]);
  expect([...pairs].filter((id) => !items.has(id) || !ledger.has(id))).toEqual([]);
  for (const [id, value] of counters) expect(ledger.get(id)?.n).toBeGreaterThanOrEqual(value);
  const isPair = (id: string): boolean => id.startsWith('pair-');
  const itemPairs = [...items.keys()].filter(isPair).sort();
  expect([...ledger.keys()].filter(isPair).sort()).toEqual(itemPairs);
  expect(ledger.get('pairs')?.n ?? 0).toBe(itemPairs.length);
  verifyLog(engine, log);
}

/** The newest of the log, in order: of those acknowledged none is missing after the oldest that is left. */
function verifyLog(engine: Engine, acknowledged: readonly number[]): void {
  const stored = documentsOf(engine, { database: 'crash', collection: 'log' }) as Stored[];
  const positions = stored.map(({ n = 0 }) => n);
  expect(positions.length).toBeLessThanOrEqual(3);
  expect(positions).toEqual([...positions].sort((a, b) => a - b));
  const oldest = positions[0] ?? 0;
  const kept = acknowledged.filter((position) => position >= oldest);
  expect(kept.filter((position) => !positions.includes(position))).toEqual([]);
  expect(acknowledged.length === 0 || kept.length > 0).toBe(true);
}

interface Stored {
  _id: string;
  n?: number;
}

function byId(engine: Engine, collection: string): Map<string, Stored> {
  const documents = documentsOf(engine, { database: 'crash', collection }) as Stored[];
  return new Map(documents.map((document) => [document._id, document]));
}
