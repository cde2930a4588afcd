import { readFile, rename, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { z } from 'zod';
import { unlinkIfPresent } from '../utils/unlink-if-present';

const FILE = 'db-address.json';
/** A socket of this machine answers at once, or not at all. */
const ANSWER_MILLISECONDS = 2_000;

const addressSchema = z.object({
  uri: z.string().startsWith('mongodb://'),
  /** Of the process that has the folder open, for people. */
  pid: z.number().int(),
});

/**
 * Says in DATA_DIR where the embedded database of this process is reached, so that commands can work
 * beside it. Mode 0600: whoever may read the file may read everything.
 * @returns takes it back
 */
export async function announceDatabase(dataDir: string, uri: string): Promise<() => Promise<void>> {
  const file = path.join(dataDir, FILE);
  const text = JSON.stringify({ uri, pid: process.pid });
  const draft = `${file}.${process.pid}`;
  // Whole or not at all: somebody may be reading it.
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
  return async () => {
    // Whoever has the folder open by now may have written their own.
    if ((await readIfPresent(file)) === text) await unlinkIfPresent(file);
  };
}

/**
 * Where the database of DATA_DIR is being served right now.
 * @returns undefined when nobody serves it, also when a process that was killed left its file behind
 */
export async function findAnnouncedDatabase(dataDir: string): Promise<string | undefined> {
  const text = await readIfPresent(path.join(dataDir, FILE));
  if (text === undefined) return undefined;
  const address = addressSchema.safeParse(parseJson(text));
  if (!address.success) return undefined;
  // Not the process id, which may belong to another by now, or to another container.
  return (await answers(address.data.uri)) ? address.data.uri : undefined;
}

function answers(uri: string): Promise<boolean> {
  const host = /^mongodb:\/\/([^/?]+)/.exec(uri)?.[1];
  if (host === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = net.connect(connectionOptions(host));
    const settle = (isThere: boolean): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(ANSWER_MILLISECONDS, () => settle(false));
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

/** A host with its port, or the path of a Unix domain socket in percent-encoding. */
function connectionOptions(host: string): net.NetConnectOpts {
  const decoded = decodeURIComponent(host);
  if (decoded.endsWith('.sock')) return { path: decoded };
  const { hostname, port } = new URL(`tcp://${host}`);
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
