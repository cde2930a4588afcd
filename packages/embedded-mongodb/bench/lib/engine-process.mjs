import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';

const COMMAND_LINE = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

const running = new Set();
const folders = new Set();

/** Ends every engine that still runs and removes its data: also after a failure. */
export async function cleanUp() {
  await Promise.all([...running].map(end));
  await Promise.all([...folders].map((folder) => rm(folder, { recursive: true, force: true })));
  folders.clear();
}

export async function newFolder() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'embedded-mongodb-bench-'));
  folders.add(folder);
  return folder;
}

/**
 * The engine in a process of its own, so that its memory is told from the client's.
 * @returns its process id, its connection string, and milliseconds from start to the first answer
 */
export async function startEngine(dataDir) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [COMMAND_LINE, '--data', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  const uri = await readyUri(child);
  const client = await MongoClient.connect(uri);
  await client.db('admin').command({ ping: 1 });
  const startMilliseconds = performance.now() - startedAt;
  await client.close();
  return { pid: child.pid, uri, startMilliseconds, stop: () => end(child) };
}

async function readyUri(child) {
  let output = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    output += chunk;
    const ready = /ready at (\S+)/.exec(output);
    if (ready) {
      child.stdout.resume();
      return ready[1];
    }
  }
  throw new Error(`the engine ended before it was ready:\n${output}`);
}

async function end(child) {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/**
 * Resident memory of a process in bytes: all of it, and the part that is not a mapped file (the pages of
 * the data file count as resident while the system has no better use for them). Undefined without /proc.
 */
export function residentBytes(pid) {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return undefined;
  const status = readFileSync(file, 'utf8');
  const bytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)[1]) * 1024;
  return { all: bytes('VmRSS'), own: bytes('RssAnon') };
}
