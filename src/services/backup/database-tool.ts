import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { BackupError } from './backup-error';

export interface DatabasePlace {
  kind: 'embedded' | 'external';
  uri: string;
  /** Of the database. */
  name: string;
}

/** What carries the database's documents and indexes into a folder and back. */
export interface DatabaseTool {
  /** @param folder made by the tool */
  dump(folder: string): Promise<void>;
  /** Replaces the collections that the dump holds. @param from the name that the database had */
  restore(folder: string, from: string): Promise<void>;
}

/**
 * The embedded engine's own dump and restore, or MongoDB's tools.
 * @param searchPath where those are looked for
 */
export function databaseTool(place: DatabasePlace, searchPath: string): DatabaseTool {
  return place.kind === 'embedded' ? embeddedTool(place) : mongoTool(place, searchPath);
}

function embeddedTool({ uri, name }: DatabasePlace): DatabaseTool {
  const call = (...parameters: string[]): Promise<void> => {
    const cli = require.resolve('embedded-mongodb/dist/cli.js');
    return run(process.execPath, [cli, ...parameters], {});
  };
  return {
    dump: (folder) => call('dump', '--uri', uri, '--out', folder),
    restore: async (folder, from) => {
      if (from !== name) {
        throw new BackupError(
          `the backup is of a database ${from}, and the embedded one is ${name}`,
        );
      }
      await call('restore', '--uri', uri, '--from', folder, '--drop');
    },
  };
}

function mongoTool(place: DatabasePlace, searchPath: string): DatabaseTool {
  const { name } = place;
  const call = (tool: string, ...parameters: string[]): Promise<void> =>
    withAddress(place, (file) =>
      run(tool, ['--config', file, ...parameters], { PATH: searchPath }),
    );
  return {
    dump: (folder) => call('mongodump', '--db', name, '--out', folder),
    restore: (folder, from) => {
      const renamed = from === name ? [] : ['--nsFrom', `${from}.*`, '--nsTo', `${name}.*`];
      return call('mongorestore', '--drop', '--nsInclude', `${from}.*`, ...renamed, folder);
    },
  };
}

/** In a file, as other users of the machine see the parameters of a process. */
async function withAddress(
  { uri }: DatabasePlace,
  work: (file: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'videotube-backup-'));
  try {
    const file = path.join(folder, 'tool.yaml');
    // A JSON string is a YAML one.
    await writeFile(file, `uri: ${JSON.stringify(uri)}\n`, { mode: 0o600 });
    await work(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const LAST_WORDS = 2_000;

async function run(
  tool: string,
  parameters: readonly string[],
  env: Record<string, string>,
): Promise<void> {
  const child = spawn(tool, parameters, { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-LAST_WORDS);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', (error: NodeJS.ErrnoException) => reject(explain(tool, error)));
  });
  if (code === 0) return;
  throw new BackupError(`${path.basename(tool)} failed: ${said.trim().split('\n').at(-1) ?? ''}`);
}

function explain(tool: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ENOENT') return error;
  return new BackupError(
    `${tool} was not found; install the MongoDB Database Tools (the package mongodb-database-tools), ` +
      'or back up as your provider of MongoDB does',
  );
}
