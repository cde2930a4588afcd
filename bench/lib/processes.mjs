import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const POLL_MILLISECONDS = 5;
const START_DEADLINE_MILLISECONDS = 60_000;

const running = new Set();

/** Ends whatever is still running: also after a failure, nothing may outlive the benchmark. */
export async function stopAll() {
  await Promise.all([...running].map((child) => end(child)));
}

async function end(child) {
  running.delete(child);
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** A started server: its address, its process, and how long it took to its first 200. */
async function startUntilFirstAnswer(command, environment, addressOf) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, command, {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  let output = '';
  child.stdout.on('data', (chunk) => (output = (output + chunk).slice(-65_536)));
  for (;;) {
    const address = addressOf(output);
    if (address && (await answers(address))) break;
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended:\n${output}`);
    if (performance.now() - startedAt > START_DEADLINE_MILLISECONDS) {
      throw new Error(`${command.join(' ')} does not answer:\n${output}`);
    }
    await delay(POLL_MILLISECONDS);
  }
  return {
    pid: child.pid,
    url: new URL(addressOf(output)).origin,
    startMilliseconds: performance.now() - startedAt,
    stop: () => end(child),
  };
}

/** The built product on data of its own, as `npm start` runs it. */
export async function startProduct(dataDir) {
  const port = await freePort();
  const environment = {
    PORT: String(port),
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
    // Outlasts seeding and measuring.
    ACCESS_TOKEN_EXPIRY: '6h',
    CREDENTIAL_ATTEMPTS_PER_MINUTE: '100000',
    READS_PER_MINUTE: '100000000',
    WRITES_PER_MINUTE: '100000000',
    UPLOADS_PER_MINUTE: '1000000',
    // The floor makes no renditions either.
    FFMPEG_PATH: 'off',
    // Each instance keeps data of its own.
    MONGODB_URI: '',
  };
  const address = `http://localhost:${port}/api/v1/healthcheck`;
  return startUntilFirstAnswer(['dist/index.js'], environment, () => address);
}

export function startFloor(uri, database, uploadFolder) {
  return startUntilFirstAnswer(['bench/floor.mjs', uri, database, uploadFolder], {}, (output) => {
    const port = /listening (\d+)/.exec(output)?.[1];
    return port && `http://localhost:${port}/healthcheck`;
  });
}

/** Runs one of the built scripts on data of its own. @returns what it printed @throws unless it ends with 0 */
export async function runScript(name, parameters, dataDir) {
  const child = spawn(
    process.execPath,
    [path.join('dist', 'scripts', `${name}.js`), ...parameters],
    {
      cwd: ROOT,
      env: { ...process.env, DATA_DIR: dataDir, MONGODB_URI: '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  running.add(child);
  const [output, [code]] = await Promise.all([readText(child.stdout), once(child, 'exit')]);
  running.delete(child);
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${output}`);
  return output;
}

/**
 * Lets clients of one kind run in a process of their own, `bench/clients.mjs`.
 * @param tell takes their samples as they come
 * @returns their result, and whether their priority was raised
 */
export async function startClients(kind, options, tell = () => undefined) {
  const child = fork(path.join(ROOT, 'bench', 'clients.mjs'), { serialization: 'advanced' });
  running.add(child);
  let last;
  child.on('message', (message) => {
    if (message.samples) tell(message.samples);
    else last = message;
  });
  child.send({ kind, options });
  await once(child, 'exit');
  running.delete(child);
  if (!last) throw new Error(`the ${kind} clients ended before their work`);
  return last;
}

/** Where both sides find the database: the socket of the product's own engine. */
export function databaseUri(dataDir) {
  const socket = path.join(dataDir, 'db', 'socket', 'mongodb.sock');
  return `mongodb://${encodeURIComponent(socket)}/?directConnection=true`;
}

/** Resident memory of a process in bytes; undefined where the system has no /proc. */
export function residentBytes(pid) {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))[1]) * 1024;
}

async function answers(address) {
  try {
    const response = await fetch(address);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // Not listening yet.
    return false;
  }
}

async function freePort() {
  const server = net.createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
