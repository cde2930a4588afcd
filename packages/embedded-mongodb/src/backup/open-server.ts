import { access } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { startInstance } from '../instance';
import { socketPathOf } from '../listen-address';
import { BackupError } from './backup-error';
import { BackupServer } from './backup-server';
import type { Report } from './progress';

/** What a command works on: a server that is reached by its address, or a data directory. */
export type Place = { readonly uri: string } | { readonly dataDir: string };

export interface OpenServer {
  readonly server: BackupServer;
  close(): Promise<void>;
}

const DATA_FILE = 'data.mdb';
/** Nothing expires while data is copied; the longest that a timer can wait. */
const NEVER_MS = 2_147_483_647;

/**
 * Connects to a server by its address. A data directory is reached through the server that has it
 * open on its socket, or, when none has, opened and served by this process alone.
 * @param mayCreate whether the data directory may be made.
 */
export async function openServer(
  place: Place,
  { mayCreate, report }: { readonly mayCreate: boolean; readonly report: Report },
): Promise<OpenServer> {
  if ('uri' in place) return connectTo(place.uri);
  const dataDir = resolve(place.dataDir);
  if (!mayCreate) await assertHoldsData(dataDir);
  return (await connectToOwner(dataDir)) ?? serveHere(dataDir, report);
}

async function connectTo(uri: string): Promise<OpenServer> {
  const server = await BackupServer.connect(uri);
  return { server, close: () => server.close() };
}

async function assertHoldsData(dataDir: string): Promise<void> {
  try {
    await access(join(dataDir, DATA_FILE));
  } catch (error) {
    throw new BackupError(`${dataDir} is no data directory: it has no ${DATA_FILE}`, {
      cause: error,
    });
  }
}

/** undefined when nobody listens on the directory's socket. */
async function connectToOwner(dataDir: string): Promise<OpenServer | undefined> {
  if (process.platform === 'win32') return undefined;
  // The server may have been given a shorter, relative path; sockets have a length limit.
  const path = socketPathOf(dataDir) ?? socketPathOf(relative(process.cwd(), dataDir));
  if (path === undefined) return undefined;
  try {
    return await connectTo(`mongodb://${encodeURIComponent(path)}/?directConnection=true`);
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return undefined;
    throw error;
  }
}

async function serveHere(dataDir: string, report: Report): Promise<OpenServer> {
  const instance = await startInstance(
    { dataDir, ttlIntervalMs: NEVER_MS, testCommands: false },
    (error) => report(`internal fault: ${error.stack ?? error.message}`),
  ).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    const advice = message.includes('in use')
      ? ' (or reach it by --uri and the address it serves)'
      : '';
    throw new BackupError(`${message}${advice}`, { cause: error });
  });
  try {
    const connected = await connectTo(instance.uri);
    return {
      server: connected.server,
      close: async () => {
        await connected.close();
        await instance.stop();
      },
    };
  } catch (error) {
    await instance.stop();
    throw error;
  }
}
