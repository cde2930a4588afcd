import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { accountFields } from '../accounts';
import { startCloudinaryStub, type CloudinaryStub } from '../cloudinary-stub';
import { sha256 } from '../fixtures';
import { runScript } from '../run-script';
import { loginAt, registerAt } from '../server-runs';
import { ChaosClient } from './client';
import { judge } from './ledger';
import { createRandom } from './random';
import { cloudinaryView, localView } from './stores';
import { makeTrouble, type Happenings } from './trouble';
import { ChaosServer } from './world';

const TEMP_DIR = path.join(__dirname, '..', '..', '..', 'public', 'temp');
const MOST_HEALING_ROUNDS = 12;
const HEALING_ROUND_MILLISECONDS = 10_000;

export interface ChaosOptions {
  store: 'local' | 'cloudinary';
  seed: string;
  /** It ends after so much time, or when every client has done so many things. */
  seconds: number;
  actions: number;
  clients: number;
  mostBytes: number;
}

export interface ChaosReport {
  /** Promises that were not kept, in sentences. */
  broken: string[];
  happenings: Happenings;
  /** Answers by status; 0 for calls that got none. */
  statuses: Map<number, number>;
  sent: number;
  accepted: number;
  deleted: number;
  /** There in the end, each with its own bytes. */
  videos: number;
  /** Files in the store in the end. */
  stored: number;
  /** What the provider did after everybody had given up on it, and the reconcile command took away. */
  lateOrphans: number;
  healingRounds: number;
}

/** Lets clients, troubles and time do their worst, lets everything heal, and counts. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'videotube-chaos-'));
  const stub =
    options.store === 'cloudinary' ? await startCloudinaryStub({ keepContents: false }) : undefined;
  const environment = environmentOf(path.join(root, 'data'), stub);
  const server = await ChaosServer.start(environment);
  try {
    const clients = await makeClients(server, options);
    const until = Date.now() + options.seconds * 1000;
    let isOver = false;
    const work = Promise.all(clients.map((client) => client.run(options.actions, until)));
    const [happenings] = await Promise.all([
      makeTrouble(server, stub, createRandom(`${options.seed} trouble`), {
        isOver: () => isOver,
        answers: () => clients.reduce((sum, { answered }) => sum + answered, 0),
      }),
      work.finally(() => {
        isOver = true;
      }),
    ]);
    stub?.finishLate();
    await Promise.all(clients.map((client) => client.tidy()));
    const healingRounds = await heal(server, stub);
    const outcome = await count({ server, stub, clients, environment, options });
    return { ...outcome, happenings, healingRounds };
  } finally {
    await server.stop('SIGKILL');
    await stub?.stop();
    await rm(root, { recursive: true, force: true });
  }
}

function environmentOf(dataDir: string, stub: CloudinaryStub | undefined): Record<string, string> {
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'info',
    BCRYPT_COST: '4',
    DATA_DIR: dataDir,
    ACCESS_TOKEN_EXPIRY: '1d',
    PUBLISH_PATIENCE_SECONDS: '1',
    JOB_LEASE_SECONDS: '2',
    UPLOADS_PER_MINUTE: '1000000',
    MAX_CONCURRENT_UPLOADS: '1000000',
    ...stub?.environment,
  };
}

async function makeClients(
  server: ChaosServer,
  { clients, seed, mostBytes }: ChaosOptions,
): Promise<ChaosClient[]> {
  const made: ChaosClient[] = [];
  for (let number = 1; number <= clients; number += 1) {
    const fields = accountFields();
    const status = await registerAt(server.url, fields);
    if (status !== 201) throw new Error(`register answered ${status}`);
    const accessToken = await loginAt(server.url, fields);
    const name = `Client ${number}`;
    const random = createRandom(`${seed} ${name}`);
    made.push(new ChaosClient({ name, server, accessToken, random, mostBytes }));
  }
  return made;
}

/**
 * Waits until nothing is left to be done. Leases and pauses of before would take their minutes: they
 * are over at once, as the processes that held them are dead.
 * @returns how often the server was started again for that
 */
async function heal(server: ChaosServer, stub: CloudinaryStub | undefined): Promise<number> {
  for (let round = 1; round <= MOST_HEALING_ROUNDS; round += 1) {
    await stub?.finishRenditions();
    await server.withDatabase(async (database) => {
      const open = { state: { $ne: 'dead' } };
      await database.collection('mediajobs').updateMany(open, { $set: { runAt: new Date(0) } });
      await database.collection('removals').updateMany({}, { $set: { leasedUntil: new Date(0) } });
    });
    await server.shoot();
    const end = Date.now() + HEALING_ROUND_MILLISECONDS;
    while (Date.now() < end) {
      if ((await openWork(server)) === 0) return round;
      await pause(200);
    }
  }
  return MOST_HEALING_ROUNDS;
}

/** Media jobs, and removals that still have files to remove. */
function openWork(server: ChaosServer): Promise<number> {
  return server.withDatabase(async (database) => {
    const jobs = await database.collection('mediajobs').countDocuments();
    const withFiles = { 'assets.0': { $exists: true } };
    return jobs + (await database.collection('removals').countDocuments(withFiles));
  });
}

interface Scene {
  server: ChaosServer;
  stub: CloudinaryStub | undefined;
  clients: readonly ChaosClient[];
  environment: Record<string, string>;
  options: ChaosOptions;
}

async function count({ server, stub, clients, environment, options }: Scene) {
  const broken: string[] = [];
  const dataDir = environment.DATA_DIR ?? '';
  const view = stub ? cloudinaryView(stub) : localView(path.join(dataDir, 'media'));
  const open = await openWork(server);
  if (open > 0) broken.push(`${open} jobs and removals are never done`);

  const entries = clients.flatMap((client) => client.entries);
  const seen = (await Promise.all(clients.map((client) => client.videos()))).flat();
  const verdict = await judge(entries, seen, (address) => view.hashOf(address));
  broken.push(...verdict.broken);

  await server.stop();
  const lateOrphans = stub ? await removeLateOrphans(environment, broken) : 0;
  for (const parameters of [[], ['--media', '--older-than', '0']]) {
    const { code, stdout, stderr } = await runScript('reconcile', environment, ...parameters);
    if (code !== 0) broken.push(`reconcile ${parameters.join(' ')} says: ${stdout}${stderr}`);
  }
  broken.push(...(await tempFiles(server, dataDir)).map((name) => `${name} is left in temp`));

  const avatars = clients.map(() => sha256('picture.png'));
  const stored = await view.all();
  broken.push(...differences([...verdict.expected, ...avatars], stored));

  const statuses = new Map<number, number>();
  for (const client of clients) {
    for (const [status, times] of client.statuses) {
      statuses.set(status, (statuses.get(status) ?? 0) + times);
    }
  }
  if (entries.length < options.clients) broken.push('next to nothing was sent');
  return {
    broken,
    statuses,
    sent: entries.length,
    accepted: entries.filter(({ publishing }) => publishing === 'accepted').length,
    deleted: entries.filter(({ deletion }) => deletion === 'confirmed').length,
    videos: verdict.videos,
    stored: stored.length,
    lateOrphans,
  };
}

/** An upload that arrives after its video was deleted has nobody but the reconcile command. */
async function removeLateOrphans(
  environment: Record<string, string>,
  broken: string[],
): Promise<number> {
  const parameters = ['--media', '--fix', '--older-than', '0'];
  const { code, stdout, stderr } = await runScript('reconcile', environment, ...parameters);
  if (code !== 0) broken.push(`reconcile ${parameters.join(' ')} says: ${stdout}${stderr}`);
  return stdout.split('\n').filter((line) => line.startsWith('stored file ')).length;
}

/** Of this run: other servers may be using the same folder. */
async function tempFiles({ pids }: ChaosServer, dataDir: string): Promise<string[]> {
  const spool = await readFile(path.join(dataDir, 'spool-id'), 'utf8');
  const ours = new RegExp(`^upload-(${pids.join('|')})-|-${spool}-`);
  return (await readdir(TEMP_DIR)).filter((name) => ours.test(name));
}

/** What the store lacks, and what it has too much, counted by content. */
function differences(expected: readonly string[], stored: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const hash of expected) times.set(hash, (times.get(hash) ?? 0) + 1);
  for (const hash of stored) times.set(hash, (times.get(hash) ?? 0) - 1);
  return [...times].flatMap(([hash, left]) => {
    if (left === 0) return [];
    return [`the store has ${hash} ${Math.abs(left)} times too ${left > 0 ? 'rarely' : 'often'}`];
  });
}
