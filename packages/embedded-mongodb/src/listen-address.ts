import { mkdtemp, mkdir, chmod, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SET_NAME } from './commands/handshake';
import type { ListenAddress } from './server';

/** sun_path holds 108 bytes on Linux, 104 on macOS and BSD, with the closing zero. */
const MAX_SOCKET_PATH_BYTES = 103;
const SOCKET_FILE = 'mongodb.sock';
const LOOPBACK = '127.0.0.1';

export interface PreparedAddress {
  readonly address: ListenAddress;
  /** Removes what was made for the socket. */
  cleanUp(): Promise<void>;
}

/**
 * A TCP address when a port is asked for, else a Unix domain socket in a folder that only this user
 * may enter: inside the data directory, or in the temporary folder when that path would be too long.
 * Call it only after the data directory is locked: a socket that is already there is a dead one.
 */
export async function prepareAddress(
  dataDir: string,
  listen: { readonly port: number; readonly host?: string } | undefined,
): Promise<PreparedAddress> {
  if (listen) return tcpAddress(listen.port, listen.host ?? LOOPBACK);
  // Node has no Unix domain sockets on Windows, and drivers speak no named pipes.
  if (process.platform === 'win32') return tcpAddress(0, LOOPBACK);
  const preferred = socketPathOf(dataDir);
  if (preferred !== undefined) {
    await mkdir(dirname(preferred), { recursive: true, mode: 0o700 });
    await chmod(dirname(preferred), 0o700);
    await rm(preferred, { force: true });
    return socketAddress(preferred, preferred);
  }
  const folder = await mkdtemp(join(tmpdir(), 'embedded-mongodb-'));
  return socketAddress(join(folder, SOCKET_FILE), folder);
}

/** Where the socket of a data directory lies; undefined when that path would be too long for one. */
export function socketPathOf(dataDir: string): string | undefined {
  const path = join(dataDir, 'socket', SOCKET_FILE);
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES ? path : undefined;
}

/**
 * The connection string of an address. A socket is dialled directly, because drivers lower-case the
 * host names that they discover, and a path must keep its case.
 */
export function connectionString(address: ListenAddress): string {
  if ('socketPath' in address) {
    return `mongodb://${encodeURIComponent(address.socketPath)}/?directConnection=true`;
  }
  const host = address.host.includes(':') ? `[${address.host}]` : address.host;
  return `mongodb://${host}:${address.port}/?replicaSet=${SET_NAME}`;
}

function tcpAddress(port: number, host: string): PreparedAddress {
  return { address: { host, port }, cleanUp: async () => undefined };
}

function socketAddress(socketPath: string, disposable: string): PreparedAddress {
  return {
    address: { socketPath },
    cleanUp: () => rm(disposable, { recursive: true, force: true }),
  };
}
